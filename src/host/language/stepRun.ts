import type { StepRun } from '../../core/experiment/language/stepLens';
import type { RunView } from '../experiments/runs';

/** What a CodeLens and a hover need of a run. */
export function stepRun({ state, mine, progress, message, snapshot }: RunView): StepRun {
  return { state, mine, progress, message, hasResults: (snapshot?.rows.length ?? 0) > 0 };
}
