/** Which items are listed: what is chosen, filled in where nothing is. No DOM. */
import type { AbilitiesState, ItemFilter, ItemsQuery } from '../../src/shared/protocol/abilities';
import { abilitiesIn, comparisonOf } from './scores';
import type { Cell } from './transitionWords';
import { cells, type View } from './view';

export const itemsPerPage = 40;

/** The ability whose items are listed; undefined while there is none. */
export function listedAbility(state: AbilitiesState, { ability }: Pick<View, 'ability'>): string | undefined {
  const known = abilitiesIn(state);
  return known.find((one) => one === ability) ?? known[0];
}

/** Whose transitions are offered: as chosen, else the chain's last step, else the last two. */
export function offeredPair(
  { checkpoints, facts }: AbilitiesState,
  { pair }: Pick<View, 'pair'>,
): readonly [string, string] | null {
  const names = checkpoints.map(({ name }) => name);
  if (pair?.every((name) => names.includes(name))) return pair;
  const [a, b] = (facts.chain.length > 1 ? facts.chain : names).slice(-2);
  return a !== undefined && b !== undefined ? [a, b] : null;
}

/** Whose verdicts are offered: as chosen, else the last of the chain. */
export function offeredVerdicts({ checkpoints, facts }: AbilitiesState, { judged }: Pick<View, 'judged'>): string {
  const names = checkpoints.map(({ name }) => name);
  return names.find((name) => name === judged) ?? facts.chain.at(-1) ?? names.at(-1) ?? '';
}

/** The filter that is meant; one that names a checkpoint that is gone is none. */
export function usableFilter(
  { checkpoints }: Pick<AbilitiesState, 'checkpoints'>,
  { filter }: Pick<View, 'filter'>,
): ItemFilter {
  const known = (name: string) => checkpoints.some((checkpoint) => checkpoint.name === name);
  if (filter.kind === 'transition' && !(known(filter.a) && known(filter.b))) return { kind: 'all' };
  if (filter.kind === 'verdict' && !known(filter.checkpoint)) return { kind: 'all' };
  return filter;
}

export function queryOf(state: AbilitiesState, view: View): ItemsQuery | null {
  const ability = listedAbility(state, view);
  if (ability === undefined) return null;
  const from = view.page * itemsPerPage;
  return { ability, filter: usableFilter(state, view), search: view.search, from, to: from + itemsPerPage };
}

export interface OfferedFilter {
  readonly filter: ItemFilter;
  /** How many items it leaves; null where that is not known without looking. */
  readonly count: number | null;
}

/** The transitions of the pair that is offered. */
export function transitionFilters(
  { summary }: AbilitiesState,
  ability: string,
  [a, b]: readonly [string, string],
): OfferedFilter[] {
  const counts = comparisonOf(summary.comparisons, ability, a, b)?.transitions;
  return cells.map((cell: Cell) => ({ filter: { kind: 'transition', a, b, cell }, count: counts?.[cell] ?? null }));
}

/** Right and wrong by one checkpoint. With several samples a score is no count. */
export function verdictFilters(
  { summary, facts }: AbilitiesState,
  ability: string,
  checkpoint: string,
): OfferedFilter[] {
  const score = summary.abilities[ability]?.[checkpoint];
  const right = score && facts.samples === 1 ? Math.round(score.n * score.value) : null;
  return [true, false].map((isRight) => ({
    filter: { kind: 'verdict', checkpoint, right: isRight },
    count: right === null ? null : isRight ? right : score!.n - right,
  }));
}

export function isSameFilter(a: ItemFilter, b: ItemFilter): boolean {
  if (a.kind === 'transition' && b.kind === 'transition') return a.a === b.a && a.b === b.b && a.cell === b.cell;
  if (a.kind === 'verdict' && b.kind === 'verdict') return a.checkpoint === b.checkpoint && a.right === b.right;
  return a.kind === b.kind;
}
