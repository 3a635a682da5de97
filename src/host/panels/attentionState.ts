/** The state of the Attention panel, from what a run folder says. Pure. */
import type { AttentionFacts, AttentionRow, AttentionSummary } from '../../shared/attentionResults';
import type { AttentionState } from '../../shared/protocol/attention';
import type { RunStanding } from '../../shared/protocol/run';

/** An attention run at a moment. */
export interface AttentionRun extends Omit<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'> {
  /** What whoever runs it told last; null when that is somebody else, or it does not run. */
  readonly progress: Partial<Pick<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'>> | null;
  /** Of a step that was never run: what it says, without items. */
  readonly facts: AttentionFacts;
  readonly rows: readonly AttentionRow[];
}

/** @param summary that of the run's rows */
export function attentionState(
  { facts, rows, progress, ...standing }: AttentionRun,
  summary: AttentionSummary,
  around: Pick<AttentionState, 'experiment' | 'checkpoints' | 'numLayers' | 'regions' | 'canRun'>,
): AttentionState {
  const told = progress?.total ? progress : null;
  return {
    ...around,
    run: {
      ...standing,
      done: told?.done ?? itemsDone(rows),
      total: told?.total ?? facts.items.length * facts.checkpoints.length,
      secondsLeft: told?.secondsLeft ?? null,
      ...(told?.memory ? { memory: told.memory } : {}),
    },
    facts,
    summary,
  };
}

/** Items with rows, counted per checkpoint. */
export function itemsDone(rows: readonly AttentionRow[]): number {
  return new Set(rows.map(({ checkpoint, id }) => JSON.stringify([checkpoint, id]))).size;
}
