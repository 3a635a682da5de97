/** Which checkpoints are compared with which. No DOM. */
import type { AbilityComparison } from '../../src/shared/evaluateResults';
import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { abilitiesIn, comparisonOf, referenceOf, shownCheckpoints } from './scores';
import type { View } from './view';

export type Pair = readonly [a: string, b: string];

/** Comparisons of one ability. */
export interface ComparedAbility {
  readonly ability: string;
  readonly comparisons: readonly AbilityComparison[];
}

/** Pairs of the checkpoints shown, each from the earlier to the later. */
export function pairsOf(state: AbilitiesState, view: View): Pair[] {
  const shown = shownCheckpoints(state, view);
  const names = shown.map(({ name }) => name);
  const reference = referenceOf(state, view);
  const withReference = (others: readonly string[]): Pair[] =>
    names.includes(reference) ? others.filter((name) => name !== reference).map((name) => [reference, name]) : [];
  switch (view.pairing) {
    case 'all':
      return names.flatMap((a, i) => names.slice(i + 1).map((b): Pair => [a, b]));
    case 'reference':
      return withReference(names);
    case 'chain': {
      const chain = state.facts.chain.filter((name) => names.includes(name));
      const steps = chain.slice(1).map((name, i): Pair => [chain[i]!, name]);
      return [...steps, ...withReference(names.filter((name) => !chain.includes(name)))];
    }
  }
}

/** The comparisons that are shown, ability by ability. */
export function comparedAbilities(state: AbilitiesState, view: View): ComparedAbility[] {
  const pairs = pairsOf(state, view);
  return abilitiesIn(state)
    .filter((ability) => view.compared === null || view.compared === ability || !isKnown(state, view.compared))
    .map((ability) => ({
      ability,
      comparisons: pairs.flatMap(([a, b]) => comparisonOf(state.summary.comparisons, ability, a, b) ?? []),
    }))
    .filter(({ comparisons }) => comparisons.length > 0);
}

/** The share of items that just one of the two has right: the least and the most of the comparisons; null of none. */
export function discordantRange(compared: readonly ComparedAbility[]): readonly [number, number] | null {
  const shares = compared.flatMap(({ comparisons }) =>
    comparisons.map(({ n, transitions: { TF, FT } }) => (TF + FT) / n),
  );
  return shares.length === 0 ? null : [Math.min(...shares), Math.max(...shares)];
}

function isKnown(state: AbilitiesState, ability: string): boolean {
  return abilitiesIn(state).includes(ability);
}
