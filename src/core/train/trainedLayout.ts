import { readSafetensorsHeader } from '../checkpoint/safetensorsHeader';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { openRegularFile } from '../files/containedFile';
import { headerOf } from '../merge/shardHeader';

/** A file of the checkpoint that training writes. */
export interface TrainedShard {
  readonly file: string;
  readonly header: Buffer;
  readonly tensors: readonly PlacedTensor[];
}

export interface PlacedTensor {
  /** Where the start has it. */
  readonly from: TensorEntry;
  /** First byte in the output's file. */
  readonly target: number;
}

export interface TrainedLayout {
  readonly shards: readonly TrainedShard[];
  /** Text of the index, where there are several shards or the start has one. */
  readonly index: string | null;
  /** Bytes of all shards. */
  readonly bytes: number;
}

/**
 * Files, names and order of the start's tensors.
 * @param from what was trained: a checkpoint, or a hybrid whose tensors lie in its donors' files
 * @param skeleton the checkpoint itself, or the hybrid's skeleton
 */
export async function layOutTrained(from: Checkpoint, skeleton: Checkpoint): Promise<TrainedLayout> {
  const shards: TrainedShard[] = [];
  const weightMap: Record<string, string> = {};
  for (const { file, path } of skeleton.shards) {
    const own = [...skeleton.tensors.values()].filter((entry) => entry.file === file);
    let end = 0;
    const planned = own.map(({ name, canonicalName }) => {
      const entry = from.tensors.get(canonicalName)!;
      const begin = end;
      end += entry.length;
      weightMap[name] = file;
      return { name, donor: '', from: entry, begin };
    });
    const header = headerOf({ tensors: planned, metadata: await metadataOf(path) }, {});
    const tensors = planned.map((each) => ({ from: each.from, target: header.length + each.begin }));
    shards.push({ file, header, tensors });
  }
  const size = shards.reduce((sum, { tensors }) => sum + bytesOf(tensors), 0);
  const isIndexed = shards.length > 1 || shards[0]?.file !== 'model.safetensors';
  const sorted = Object.fromEntries(Object.entries(weightMap).sort(([a], [b]) => (a < b ? -1 : 1)));
  const index = JSON.stringify({ metadata: { total_size: size }, weight_map: sorted }, null, 2) + '\n';
  const headers = shards.reduce((sum, { header }) => sum + header.length, 0);
  return { shards, index: isIndexed ? index : null, bytes: size + headers };
}

function bytesOf(tensors: readonly PlacedTensor[]): number {
  return tensors.reduce((sum, { from: { length } }) => sum + length, 0);
}

async function metadataOf(path: string): Promise<Record<string, string>> {
  const file = await openRegularFile(path);
  try {
    return Object.fromEntries((await readSafetensorsHeader(file)).metadata);
  } finally {
    await file.close();
  }
}
