import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint';
import { checkpointStamp } from '../../checkpoint/checkpointStamp';
import { requireComplete } from '../../checkpoint/families';
import { inspectCheckpoint } from '../../checkpoint/inspect';
import { SidecarFactsReader } from '../../checkpoint/sidecarFacts';
import { failureOf } from '../../../shared/errors';

/** What an editor says of a checkpoint. */
export interface CheckpointFacts {
  readonly family: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly numLayers: number;
  readonly visionLayers: number;
  /** Why it can be inspected and compared only; null when it can be run. */
  readonly notRunnable: string | null;
}

/** Opens checkpoints for an editor, which asks again at every key: a folder whose files are untouched is not read. */
export class CheckpointFactsReader {
  /** Of the same folders. */
  readonly sidecars = new SidecarFactsReader();
  private readonly known = new Map<string, Opened>();

  /** @throws InputError as `openCheckpoint` */
  async read(directory: string): Promise<CheckpointFacts> {
    return (await this.openNow(directory)).facts;
  }

  /** Its headers. @throws InputError as `openCheckpoint` */
  async open(directory: string): Promise<Checkpoint> {
    return (await this.openNow(directory)).checkpoint;
  }

  private async openNow(directory: string): Promise<Opened> {
    const print = await checkpointStamp(directory);
    const known = this.known.get(directory);
    if (known?.print === print) return known;
    const checkpoint = await openCheckpoint(directory);
    const { family, parameters, bytes, numLayers, visionLayers } = inspectCheckpoint(checkpoint);
    const notRunnable = failureOf(() => requireComplete(checkpoint));
    const facts = { family, parameters, bytes, numLayers, visionLayers, notRunnable };
    const opened = { print, checkpoint, facts };
    this.known.set(directory, opened);
    return opened;
  }
}

interface Opened {
  /** Changes with the files. */
  readonly print: string;
  readonly checkpoint: Checkpoint;
  readonly facts: CheckpointFacts;
}
