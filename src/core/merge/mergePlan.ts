/** What a written merge will consist of: shards with their headers, every tensor's place in them, and its donor's bytes. */
import { readSafetensorsHeader } from '../checkpoint/safetensorsHeader';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { openRegularFile } from '../files/containedFile';
import type { Hybrid } from './hybrid';

/** A tensor of the output. */
export interface PlannedTensor {
  /** As the skeleton's file has it. */
  readonly name: string;
  readonly donor: string;
  /** Where the donor has its bytes. */
  readonly from: TensorEntry;
  /** First byte, after the output's header. */
  readonly begin: number;
}

export interface PlannedShard {
  readonly file: string;
  readonly tensors: readonly PlannedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of tensors. */
  readonly length: number;
}

export interface MergePlan {
  readonly hybrid: Hybrid;
  readonly shards: readonly PlannedShard[];
  /** Text of the index, where there are several shards or the skeleton has one. */
  readonly index: string | null;
  /** Bytes of all tensors. */
  readonly bytes: number;
}

/**
 * Lays a hybrid out.
 * @param shardSize bytes of tensors per shard at most; null: the shards of the skeleton
 */
export async function planMerge(hybrid: Hybrid, skeleton: Checkpoint, shardSize: number | null): Promise<MergePlan> {
  const groups = shardSize === null ? groupsOf(skeleton) : regroup(skeleton, shardSize);
  const metadata = new Map<string, Readonly<Record<string, string>>>();
  for (const { file, path } of skeleton.shards) metadata.set(file, await metadataOf(path));
  const shards = groups.map(({ file, entries }): PlannedShard => {
    let end = 0;
    const tensors = entries.map((own): PlannedTensor => {
      const from = hybrid.tensors.get(own.canonicalName)!;
      const begin = end;
      end += from.length;
      return { name: own.name, donor: hybrid.donorOf.get(own.canonicalName)!, from, begin };
    });
    return { file, tensors, metadata: metadata.get(entries[0]?.file ?? file) ?? {}, length: end };
  });
  const bytes = shards.reduce((sum, { length }) => sum + length, 0);
  const indexed = shards.length > 1 || shards[0]?.file !== 'model.safetensors';
  return { hybrid, shards, index: indexed ? indexText(shards, bytes) : null, bytes };
}

interface Group {
  readonly file: string;
  readonly entries: TensorEntry[];
}

function groupsOf({ shards, tensors }: Checkpoint): Group[] {
  return shards.map(({ file }) => ({ file, entries: [...tensors.values()].filter((entry) => entry.file === file) }));
}

/** The same tensors in the same order, cut anew; a tensor larger than a shard has one of its own. */
function regroup({ tensors }: Checkpoint, shardSize: number): Group[] {
  const groups: TensorEntry[][] = [];
  let size = Infinity;
  for (const entry of tensors.values()) {
    if (size + entry.length > shardSize) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(entry);
    size += entry.length;
  }
  const number = (value: number) => String(value).padStart(5, '0');
  const name = (i: number) => `model-${number(i + 1)}-of-${number(groups.length)}.safetensors`;
  return groups.map((entries, i) => ({ file: groups.length === 1 ? 'model.safetensors' : name(i), entries }));
}

async function metadataOf(path: string): Promise<Record<string, string>> {
  const file = await openRegularFile(path);
  try {
    return Object.fromEntries((await readSafetensorsHeader(file)).metadata);
  } finally {
    await file.close();
  }
}

function indexText(shards: readonly PlannedShard[], bytes: number): string {
  const places = shards.flatMap(({ file, tensors }) => tensors.map(({ name }) => [name, file] as const));
  const weightMap = Object.fromEntries(places.sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ metadata: { total_size: bytes }, weight_map: weightMap }, null, 2) + '\n';
}

/**
 * A shard's header: 8 bytes of length, then JSON, padded with spaces to a multiple of 8.
 * @param added what stands in `__metadata__` beside what the skeleton has there
 */
export function headerOf({ tensors, metadata }: PlannedShard, added: Readonly<Record<string, string>>): Buffer {
  const entries = tensors.map(({ name, from: { dtype, shape, length }, begin }) => {
    return [name, { dtype, shape, data_offsets: [begin, begin + length] }] as const;
  });
  const json = JSON.stringify({ __metadata__: { ...metadata, ...added }, ...Object.fromEntries(entries) });
  const text = Buffer.from(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(header, 8);
  return header;
}
