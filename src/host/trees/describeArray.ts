/** An array of Slurm jobs in words, with how far its shards are. Pure. */
import type { ShardState } from '../../core/slurm/arrayState';
import { arrayWords, shardWords } from '../../core/slurm/arrayWords';
import type { ArrayView } from '../slurm/slurmArrays';

/** `3 of 8 shards finished, 2 running, 120/400 pairs done`, `8 of 8 shards finished, one run made of them`. */
export function arrayDescription({ shards, progress, record, collecting, live }: ArrayView): string {
  const words = arrayWords(shards);
  if (record.collected !== null) return shards.length > 1 ? `${words}, one run made of them` : words;
  const all = [...progress.values()];
  const known = all.length === shards.length;
  const done = all.reduce((sum, each) => sum + each.done, 0);
  const total = known ? `/${all.reduce((sum, each) => sum + each.total, 0)}` : '';
  const finished = shards.every(({ phase }) => phase === 'finished');
  const rest = finished ? (collecting ? 'being collected' : 'not collected yet') : '';
  return [words, live && !finished && all[0] ? `${done}${total} ${all[0].unit} done` : rest].filter(Boolean).join(', ');
}

/** `running on node7, 12/50 pairs`. */
export function shardDescription(state: ShardState, { progress }: Pick<ArrayView, 'progress'>): string {
  const known = progress.get(state.shard);
  const counts = known && state.phase !== 'finished' ? `, ${known.done}/${known.total} ${known.unit}` : '';
  return `${shardWords(state)}${counts}`;
}
