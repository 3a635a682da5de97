/** The state of the Reasoning panel, from what a run folder says. Pure. */
import type { AblateFacts, AblateRow, AblateSummary } from '../../shared/ablateResults';
import type { ReasoningState } from '../../shared/protocol/reasoning';
import type { RunStanding } from '../../shared/protocol/run';

/** An ablate run at a moment. */
export interface AblateRun extends Omit<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'> {
  readonly mine: boolean;
  /** What whoever runs it told last; null when that is somebody else, or it does not run. */
  readonly progress: Partial<Pick<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'>> | null;
  /** Of a step that was never run: what it says, without items. */
  readonly facts: AblateFacts;
  readonly rows: readonly AblateRow[];
}

export type Around = Pick<ReasoningState, 'experiment' | 'role' | 'numLayers' | 'visionLayers' | 'regions' | 'canRun'>;

export function reasoningState(run: AblateRun, summary: AblateSummary, around: Around): ReasoningState {
  const { facts, rows, progress, ...standing } = run;
  const told = progress?.total ? progress : null;
  return {
    ...around,
    run: {
      ...standing,
      done: told?.done ?? rows.length,
      total: told?.total ?? (run.state === 'finished' ? rows.length : plannedVariants(facts)),
      secondsLeft: told?.secondsLeft ?? null,
      ...(told?.memory ? { memory: told.memory } : {}),
    },
    facts,
    summary,
  };
}

/** Every item with every layer off and with none. Of a finished run nothing is to come, whatever could not be measured. */
export function plannedVariants({ items, layers }: AblateFacts): number {
  return items.length * (layers.length + 1);
}
