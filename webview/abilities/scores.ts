/** What the bars and the table show, cut from a state. No DOM. */
import type { AbilityComparison, AbilityScore, Floor } from '../../src/shared/evaluateResults';
import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import type { View } from './view';

export type ShownCheckpoint = AbilitiesState['checkpoints'][number] & {
  /** Its place among all: its look. */
  readonly place: number;
};

export interface ScoreOf {
  readonly checkpoint: ShownCheckpoint;
  /** Null while nothing is answered. */
  readonly score: AbilityScore | null;
  /** The checkpoint less the reference; null for the reference itself, and without common items. */
  readonly difference: AbilityComparison | null;
}

/** An ability with the scores of all that are shown. */
export interface AbilityGroup {
  readonly ability: string;
  readonly scores: readonly ScoreOf[];
  readonly floor: Floor | null;
}

/** All but those that are hidden; all where every one is. */
export function shownCheckpoints(
  { checkpoints }: Pick<AbilitiesState, 'checkpoints'>,
  { hidden }: Pick<View, 'hidden'>,
): ShownCheckpoint[] {
  const all = checkpoints.map((checkpoint, place) => ({ ...checkpoint, place }));
  const shown = all.filter(({ name }) => !hidden.includes(name));
  return shown.length > 0 ? shown : all;
}

/** Abilities that anybody has answers for, in the order of the step. */
export function abilitiesIn({ facts, summary }: Pick<AbilitiesState, 'facts' | 'summary'>): string[] {
  const known = Object.keys(facts.abilities);
  return known.filter((ability) => Object.values(summary.abilities[ability] ?? {}).some(({ n }) => n > 0));
}

export function hasResults(state: Pick<AbilitiesState, 'facts' | 'summary'>): boolean {
  return abilitiesIn(state).length > 0;
}

/** What the others are compared with: as chosen, else the cold start of the chain, else the first. */
export function referenceOf(
  { checkpoints, facts }: Pick<AbilitiesState, 'checkpoints' | 'facts'>,
  { reference }: Pick<View, 'reference'>,
): string {
  const names = checkpoints.map(({ name }) => name);
  if (reference !== null && names.includes(reference)) return reference;
  const own = checkpoints.find(({ role, name }) => role === 'in' && facts.chain.includes(name));
  return own?.name ?? facts.chain[0] ?? names[0] ?? '';
}

export function abilityGroups(state: AbilitiesState, view: View): AbilityGroup[] {
  const { summary } = state;
  const reference = referenceOf(state, view);
  return abilitiesIn(state).map((ability) => ({
    ability,
    floor: summary.floors[ability] ?? null,
    scores: shownCheckpoints(state, view).map((checkpoint) => {
      const score = summary.abilities[ability]?.[checkpoint.name];
      return {
        checkpoint,
        score: score && score.n > 0 ? score : null,
        difference: comparisonOf(summary.comparisons, ability, reference, checkpoint.name),
      };
    }),
  }));
}

/** b less a, whichever way round the run compared them. */
export function comparisonOf(
  comparisons: readonly AbilityComparison[],
  ability: string,
  a: string,
  b: string,
): AbilityComparison | null {
  const found = comparisons.find(
    (one) => one.ability === ability && ((one.a === a && one.b === b) || (one.a === b && one.b === a)),
  );
  if (!found) return null;
  return found.a === a ? found : turned(found);
}

function turned(comparison: AbilityComparison): AbilityComparison {
  const { a, b, difference, low, high, transitions } = comparison;
  const { TF, FT } = transitions;
  return {
    ...comparison,
    a: b,
    b: a,
    difference: -difference,
    low: -high,
    high: -low,
    transitions: { ...transitions, TF: FT, FT: TF },
  };
}
