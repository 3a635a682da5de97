import { openCheckpoint } from '../../checkpoint/checkpoint';
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
  private readonly known = new Map<string, { print: string; facts: CheckpointFacts }>();

  /** @throws InputError as `openCheckpoint` */
  async read(directory: string): Promise<CheckpointFacts> {
    const print = await checkpointStamp(directory);
    const known = this.known.get(directory);
    if (known?.print === print) return known.facts;
    const checkpoint = await openCheckpoint(directory);
    const { family, parameters, bytes, numLayers, visionLayers } = inspectCheckpoint(checkpoint);
    const notRunnable = failureOf(() => requireComplete(checkpoint));
    const facts = { family, parameters, bytes, numLayers, visionLayers, notRunnable };
    this.known.set(directory, { print, facts });
    return facts;
  }
}
