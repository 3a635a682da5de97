/** The state of the Reasoning panel, from what a run folder says. Pure. */
import type { AblateFacts, AblateRow, AblateSummary } from '../../shared/ablateResults';
import type { ReasoningState } from '../../shared/protocol/reasoning';
import { countOf, type UncountedRun } from './runCount';

/** An ablate run at a moment. */
export interface AblateRun extends UncountedRun {
  readonly mine: boolean;
  /** Of a step that was never run: what it says, without items. */
  readonly facts: AblateFacts;
  readonly rows: readonly AblateRow[];
}

export type Around = Pick<ReasoningState, 'experiment' | 'role' | 'numLayers' | 'visionLayers' | 'regions' | 'canRun'>;

export function reasoningState(run: AblateRun, summary: AblateSummary, around: Around): ReasoningState {
  const { facts, rows, progress, ...standing } = run;
  return {
    ...around,
    run: {
      ...standing,
      ...countOf(progress, {
        done: rows.length,
        total: run.state === 'finished' ? rows.length : plannedVariants(facts),
      }),
    },
    facts,
    summary,
  };
}

/** Every item with every layer off and with none. Of a finished run nothing is to come, whatever could not be measured. */
export function plannedVariants({ items, layers }: AblateFacts): number {
  return items.length * (layers.length + 1);
}
