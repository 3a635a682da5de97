/** What a written merge will consist of: shards with their headers, every tensor's place in them, and its donor's bytes. */
import { readSafetensorsHeader, type SafetensorsHeader } from '../checkpoint/safetensorsHeader';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { openRegularFile } from '../files/containedFile';
import { layOutAsClone, mainDonor } from './cloneLayout';
import type { Hybrid } from './hybrid';
import { emptyHashes, recordOf } from './mergeRecord';
import { headerOf } from './shardHeader';

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

/** What will stand in a shard. */
export interface ShardContent {
  readonly file: string;
  /** In the skeleton's order, which need not be that of their places. */
  readonly tensors: readonly PlannedTensor[];
  /** The skeleton's. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of tensors. */
  readonly length: number;
}

export interface PlannedShard extends ShardContent {
  /** Bytes before the first tensor. */
  readonly headerLength: number;
  /** A donor's file that has most of the bytes at just the places where the shard has them; null when there is none. */
  readonly base: string | null;
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
  const headers = new Map<string, SafetensorsHeader>();
  const headerAt = async (path: string) => {
    const header = headers.get(path) ?? (await headerOfFile(path));
    headers.set(path, header);
    return header;
  };
  const contents: ShardContent[] = [];
  for (const { file, like, entries } of groups) {
    let end = 0;
    const tensors = entries.map((own): PlannedTensor => {
      const from = hybrid.tensors.get(own.canonicalName)!;
      const begin = end;
      end += from.length;
      return { name: own.name, donor: hybrid.donorOf.get(own.canonicalName)!, from, begin };
    });
    const metadata = Object.fromEntries((await headerAt(like)).metadata);
    contents.push({ file, tensors, metadata, length: end });
  }
  const added = recordOf({ hybrid, shards: contents }, emptyHashes({ hybrid }));
  const shards: PlannedShard[] = [];
  for (const content of contents) {
    const base = mainDonor(content);
    const likeBase = base === null ? null : layOutAsClone(content, added, base, (await headerAt(base)).tensors);
    shards.push(likeBase ?? { ...content, headerLength: headerOf(content, added).length, base: null });
  }
  const bytes = shards.reduce((sum, { length }) => sum + length, 0);
  const indexed = shards.length > 1 || shards[0]?.file !== 'model.safetensors';
  return { hybrid, shards, index: indexed ? indexText(shards, bytes) : null, bytes };
}

interface Group {
  readonly file: string;
  /** The skeleton's file whose metadata it has. */
  readonly like: string;
  readonly entries: TensorEntry[];
}

function groupsOf({ shards, tensors }: Checkpoint): Group[] {
  return shards.map(({ file, path }) => {
    return { file, like: path, entries: [...tensors.values()].filter((entry) => entry.file === file) };
  });
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
  return groups.map((entries, i) => {
    return { file: groups.length === 1 ? 'model.safetensors' : name(i), like: entries[0]!.path, entries };
  });
}

async function headerOfFile(path: string): Promise<SafetensorsHeader> {
  const file = await openRegularFile(path);
  try {
    return await readSafetensorsHeader(file);
  } finally {
    await file.close();
  }
}

function indexText(shards: readonly PlannedShard[], bytes: number): string {
  const places = shards.flatMap(({ file, tensors }) => tensors.map(({ name }) => [name, file] as const));
  const weightMap = Object.fromEntries(places.sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ metadata: { total_size: bytes }, weight_map: weightMap }, null, 2) + '\n';
}
