/** What a plan says of the rows of its batches: whose batch it is, and which of the rows that are there stay. */
import { InputError } from '../../shared/errors';
import type { PlannedBatch, Row } from './step';

/** A shard takes a run of batches, so that the shards' rows one after another are those of a single run. */
export function ownBatches(
  batches: readonly PlannedBatch[],
  shard: { readonly index: number; readonly count: number } | undefined,
): readonly (PlannedBatch & { index: number })[] {
  const numbered = batches.map((batch, index) => ({ ...batch, index }));
  if (!shard) return numbered;
  const cut = (i: number) => Math.floor((i * numbered.length) / shard.count);
  return numbered.slice(cut(shard.index), cut(shard.index + 1));
}

export function unitsOf(batches: readonly PlannedBatch[]): number {
  return batches.reduce((sum, { units }) => sum + units, 0);
}

/**
 * The first batch to run and how many rows to keep. A batch is complete when a later one has rows or when it has all of
 * its own; what follows the first incomplete one is dropped.
 */
export function whereToResume(
  batches: readonly PlannedBatch[],
  rows: readonly Row[],
  file: string,
): { batch: number; rows: number } {
  const batchOf = new Map(batches.flatMap(({ keys }, batch) => keys.map((key) => [key, batch] as const)));
  const owners = rows.map(({ key }, i) => {
    const batch = batchOf.get(key);
    if (batch === undefined) throw new InputError(`${file}:${i + 1}: the row "${key}" is not in the plan`, startAfresh);
    return batch;
  });
  const stray = owners.findIndex((batch, i) => batch < (owners[i - 1] ?? 0));
  if (stray !== -1) throw new InputError(`${file}:${stray + 1}: the row is out of order`, startAfresh);
  const last = owners.at(-1);
  if (last === undefined) return { batch: 0, rows: 0 };
  const firstOfLast = owners.indexOf(last);
  const complete = owners.length - firstOfLast === batches[last]!.keys.length;
  return complete ? { batch: last + 1, rows: rows.length } : { batch: last, rows: firstOfLast };
}

const startAfresh = 'Run it with --fresh to start anew; what is there is set aside.';

/** @throws InputError when the line is no row */
export function parseRow(line: string, file: string, number: number): Row {
  try {
    const row = JSON.parse(line) as Row | null;
    if (typeof row === 'object' && row !== null && typeof row.key === 'string') return row;
  } catch {
    // falls through to the error that names the line
  }
  throw new InputError(`${file}:${number}: not a row`, startAfresh);
}
