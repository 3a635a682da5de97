import type { SwapFacts, SwapRow } from './swapSummary';

/**
 * How far a swap run is, from its folder alone. A pair counts once it has a row; one whose images cannot be read gives
 * none, so that a run that has ended may stay below its total.
 * @param rows those of the run; of pairs that the facts do not know (a shard of another plan) none count
 * @returns pairs
 */
export function swapProgress(facts: SwapFacts, rows: readonly SwapRow[]): { done: number; total: number } {
  const answered = new Map<string, Set<string>>();
  for (const { function: name, id } of rows) {
    const ids = answered.get(name) ?? new Set();
    answered.set(name, ids.add(id));
  }
  let done = 0;
  let total = 0;
  for (const [name, { pairs }] of Object.entries(facts.functions)) {
    const ids = answered.get(name);
    total += pairs.length;
    done += pairs.filter((id) => ids?.has(id)).length;
  }
  return { done, total };
}
