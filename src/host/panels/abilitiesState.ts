/** The state of the Abilities panel, from what a run folder says. Pure. */
import type { EvaluateFacts, EvaluateRow, EvaluateSummary } from '../../shared/evaluateResults';
import type { AbilitiesState } from '../../shared/protocol/abilities';
import type { RunStanding } from '../../shared/protocol/run';

/** An evaluate run at a moment. */
export interface EvaluateRun extends Omit<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'> {
  /** What whoever runs it told last; null when that is somebody else, or it does not run. */
  readonly progress: Partial<Pick<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'>> | null;
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
  const told = progress?.total ? progress : null;
  return {
    ...around,
    run: {
      ...standing,
      done: told?.done ?? rows.length,
      total: told?.total ?? Math.max(rows.length, plannedAnswers(facts)),
      secondsLeft: told?.secondsLeft ?? null,
      ...(told?.memory ? { memory: told.memory } : {}),
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
