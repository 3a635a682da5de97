/**
 * Where a shard's tensors must stand so that the shard can begin as a clone of a donor's file. On file systems with
 * reflinks a clone takes no time and no space, but its bytes stay where they are: the longer header of the output takes
 * the room of the donor's first small tensors, which go to the end, and is padded up to the first that stays.
 */
import type { HeaderTensor } from '../checkpoint/safetensorsHeader';
import type { PlannedShard, PlannedTensor, ShardContent } from './mergePlan';
import { alignment, headerOf } from './shardHeader';

/** Spaces at most, in bytes and of all bytes: every reader of the output reads them. It bounds what is moved too. */
const mostPadding = { bytes: 1 << 20, share: 0.01 };

/** The file that at least half of a shard's bytes come from; null when there is none. */
export function mainDonor({ tensors, length }: ShardContent): string | null {
  const given = new Map<string, number>();
  for (const { from } of tensors) given.set(from.path, (given.get(from.path) ?? 0) + from.length);
  const [path, bytes] = [...given].reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0]);
  return bytes > 0 && 2 * bytes >= length ? path : null;
}

/**
 * The shard with its tensors at the offsets that a donor's file has. The layout depends on the files' headers alone: a
 * merge has the same bytes wherever it is written, cloned or not.
 * @param shard laid out from 0
 * @param added what will stand in `__metadata__` beside what the skeleton has there
 * @param base the donor's file
 * @param slots its tensors by offset, without holes between them
 * @returns null where the file's tensors have other sizes, or too many bytes would have to make room
 */
export function layOutAsClone(
  shard: ShardContent,
  added: Readonly<Record<string, string>>,
  base: string,
  slots: readonly HeaderTensor[],
): PlannedShard | null {
  const owners = assignSlots(shard.tensors, base, slots);
  if (!owners) return null;
  const dataEnd = slots[0]!.offset + shard.length;
  const needed = headerOf(shard, added).length;
  const padding = Math.min(mostPadding.bytes, mostPadding.share * shard.length);
  for (const { offset: headerLength } of slots) {
    if (headerLength - needed > padding) return null;
    if (headerLength < needed || headerLength % alignment !== 0) continue;
    const begins = new Map<PlannedTensor, number>();
    let end = dataEnd;
    for (const [i, { offset, length }] of slots.entries()) {
      const isMoved = offset < headerLength;
      begins.set(owners[i]!, (isMoved ? end : offset) - headerLength);
      if (isMoved && end % alignment !== 0) return null;
      if (isMoved) end += length;
    }
    const tensors = shard.tensors.map((tensor) => ({ ...tensor, begin: begins.get(tensor)! }));
    // Moved tensors have larger offsets, whose digits may be more than were counted.
    if (headerOf({ ...shard, tensors }, added).length <= headerLength) return { ...shard, tensors, headerLength, base };
  }
  return null;
}

/**
 * Whose tensor stands in which place of the donor's file: the file's own stay, the others take a place of their size.
 * @returns in the order of `slots`; null where they do not fit
 */
function assignSlots(
  tensors: readonly PlannedTensor[],
  base: string,
  slots: readonly HeaderTensor[],
): PlannedTensor[] | null {
  if (tensors.length !== slots.length || slots.some(({ length }) => length === 0)) return null;
  const staying = new Map<number, PlannedTensor>();
  const bySize = new Map<number, PlannedTensor[]>();
  for (const tensor of tensors) {
    const { path, offset, length } = tensor.from;
    // A tied matrix may be asked for twice; it stands in its place once.
    if (path === base && !staying.has(offset)) {
      staying.set(offset, tensor);
      continue;
    }
    const others = bySize.get(length);
    if (others) others.push(tensor);
    else bySize.set(length, [tensor]);
  }
  const owners: PlannedTensor[] = [];
  for (const { offset, length } of slots) {
    const owner = staying.get(offset) ?? bySize.get(length)?.shift();
    if (owner?.from.length !== length) return null;
    owners.push(owner);
  }
  return owners;
}
