/** What a training run has learnt so far, in files of its run folder: a run that was killed goes on from the last. */
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { readSafetensorsHeader } from '../checkpoint/safetensorsHeader';
import { writeSafetensors, type NamedTensor } from '../checkpoint/writeSafetensors';
import { openRegularFile, type RegularFile } from '../files/containedFile';
import { listFolder } from '../files/listFolder';
import { removeFolder } from '../files/outputFolder';
import type { AdamW } from './adamw';
import type { Parameters } from './gradientEngine';

/** Everything that the next step depends on. */
export interface TrainState {
  readonly parameters: Parameters;
  readonly optimiser: AdamW;
  /** Of consecutive steps: whose gradient was not finite, and in which no group could teach anything. */
  readonly inARow: { skipped: number; idle: number };
}

/** States that are kept: the last one's rows may not be there yet. */
const kept = 2;
const pattern = /^\.?state-(\d+)\.safetensors(\.[0-9a-f]{12}\.tmp)?$/;
const startAfresh = 'Run it with --fresh to start anew; what is there is set aside.';

export class StateFiles {
  constructor(private readonly folder: string) {}

  /** Removes what earlier runs left. */
  async clear(): Promise<void> {
    await this.remove(() => true);
  }

  /** @param after batches that are done */
  async save(after: number, { parameters, optimiser, inARow }: TrainState): Promise<void> {
    const vectors = [...optimiser.moments].flatMap(([name, { first, second }]) => [
      vector(`weight.${name}`, parameters.values.get(name)!),
      vector(`first.${name}`, first),
      vector(`second.${name}`, second),
    ]);
    const updates = Int32Array.from([...optimiser.moments.values()], (moments) => moments.updates);
    const counters = Int32Array.of(inARow.skipped, inARow.idle);
    await writeSafetensors(this.fileOf(after), [...vectors, vector('updates', updates), vector('in_a_row', counters)]);
    await this.remove((number) => number <= after - kept);
  }

  /** Puts a saved state in place of what is there. @throws InputError when it is missing or another run's */
  async load(after: number, { parameters, optimiser, inARow }: TrainState): Promise<void> {
    const name = this.fileOf(after);
    const file = await openRegularFile(name).catch((error: unknown) => {
      throw new InputError(`${name} is needed to go on and cannot be read`, startAfresh, { cause: error });
    });
    try {
      const read = await tensorReader(file);
      for (const [tensor, { first, second }] of optimiser.moments) {
        await read(`weight.${tensor}`, parameters.values.get(tensor)!);
        await read(`first.${tensor}`, first);
        await read(`second.${tensor}`, second);
      }
      const updates = await read('updates', new Int32Array(optimiser.moments.size));
      [...optimiser.moments.values()].forEach((moments, i) => (moments.updates = updates[i]!));
      const [skipped, idle] = await read('in_a_row', new Int32Array(2));
      inARow.skipped = skipped!;
      inARow.idle = idle!;
    } finally {
      await file.close();
    }
  }

  private fileOf(after: number): string {
    return path.join(this.folder, `state-${after}.safetensors`);
  }

  private async remove(isOld: (after: number) => boolean): Promise<void> {
    for (const { name } of await listFolder(this.folder)) {
      const [, number, unfinished] = pattern.exec(name) ?? [];
      if (number !== undefined && (unfinished !== undefined || isOld(Number(number)))) {
        await removeFolder(path.join(this.folder, name));
      }
    }
  }
}

function vector(name: string, data: Float32Array | Int32Array): NamedTensor {
  return { name, dtype: data instanceof Float32Array ? 'F32' : 'I32', shape: [data.length], data };
}

async function tensorReader(file: RegularFile) {
  const { tensors } = await readSafetensorsHeader(file);
  const places = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return async <T extends Float32Array | Int32Array>(name: string, into: T): Promise<T> => {
    const place = places.get(name);
    const dtype = into instanceof Float32Array ? 'F32' : 'I32';
    if (place?.dtype !== dtype || place.length !== into.byteLength) {
      throw new InputError(`${file.shown} does not belong to this run: ${name} is not as it must be`, startAfresh);
    }
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(await file.read(place.offset, place.length));
    return into;
  };
}
