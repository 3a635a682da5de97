import path from 'node:path';
import { openCheckpoint } from '../../checkpoint/checkpoint';
import { requireComplete } from '../../checkpoint/families';
import { inspectCheckpoint } from '../../checkpoint/inspect';
import { identityOf } from '../../files/containedFile';
import { listFolder } from '../../files/listFolder';
import { describeError } from '../../../shared/errors';

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

const mostFiles = 1000;

/** Opens checkpoints for an editor, which asks again at every key: a folder whose files are untouched is not read. */
export class CheckpointFactsReader {
  private readonly known = new Map<string, { print: string; facts: CheckpointFacts }>();

  /** @throws InputError as `openCheckpoint` */
  async read(directory: string): Promise<CheckpointFacts> {
    const print = await fingerprint(directory);
    const known = this.known.get(directory);
    if (known?.print === print) return known.facts;
    const checkpoint = await openCheckpoint(directory);
    const { family, parameters, bytes, numLayers, visionLayers } = inspectCheckpoint(checkpoint);
    const notRunnable = reason(() => requireComplete(checkpoint));
    const facts = { family, parameters, bytes, numLayers, visionLayers, notRunnable };
    this.known.set(directory, { print, facts });
    return facts;
  }
}

/** @throws InputError when the folder cannot be read */
async function fingerprint(directory: string): Promise<string> {
  const files = (await listFolder(directory)).filter(({ name }) => /\.(json|safetensors)$/.test(name));
  const identities = files.slice(0, mostFiles).map(async ({ name }) => {
    const identity = await identityOf(path.join(directory, name)).catch(() => null);
    return [name, identity?.inode, identity?.size, identity?.modifiedNs].join(' ');
  });
  return (await Promise.all(identities)).join('\n');
}

function reason(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return describeError(error);
  }
}
