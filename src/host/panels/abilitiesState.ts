/** The state of the Abilities panel, from what a run folder says. Pure. */
import type { EvaluateFacts, EvaluateRow, EvaluateSummary } from '../../shared/evaluateResults';
import type { AbilitiesState } from '../../shared/protocol/abilities';
import { countOf, type UncountedRun } from './runCount';

/** An evaluate run at a moment. */
export interface EvaluateRun extends UncountedRun {
  /** Of a step that was never run: what it says, without items. */
  readonly facts: EvaluateFacts;
  readonly rows: readonly EvaluateRow[];
}

/** @param summary that of the run's rows */
export function abilitiesState(
  { facts, rows, progress, ...standing }: EvaluateRun,
  summary: EvaluateSummary,
  around: Pick<AbilitiesState, 'experiment' | 'checkpoints' | 'canRun'>,
): AbilitiesState {
  return {
    ...around,
    run: {
      ...standing,
      ...countOf(progress, { done: rows.length, total: Math.max(rows.length, plannedAnswers(facts)) }),
    },
    facts,
    summary,
  };
}

/** Answers that a run is to give. */
export function plannedAnswers({ checkpoints, abilities, samples }: EvaluateFacts): number {
  const perCheckpoint = Object.values(abilities).map(({ settings, items }) => settings.length * items.length * samples);
  return checkpoints.length * perCheckpoint.reduce((sum, answers) => sum + answers, 0);
}
