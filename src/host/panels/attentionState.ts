/** The state of the Attention panel, from what a run folder says. Pure. */
import type { AttentionFacts, AttentionRow, AttentionSummary } from '../../shared/attentionResults';
import type { AttentionState } from '../../shared/protocol/attention';
import { countOf, type UncountedRun } from './runCount';

/** An attention run at a moment. */
export interface AttentionRun extends UncountedRun {
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
  return {
    ...around,
    run: {
      ...standing,
      ...countOf(progress, { done: itemsDone(rows), total: facts.items.length * facts.checkpoints.length }),
    },
    facts,
    summary,
  };
}

/** Items with rows, counted per checkpoint. */
export function itemsDone(rows: readonly AttentionRow[]): number {
  return new Set(rows.map(({ checkpoint, id }) => JSON.stringify([checkpoint, id]))).size;
}
