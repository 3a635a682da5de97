import { saveExperiment, type Runs } from '../experiments/runs';
import type { ResultPanel } from '../panels/resultPanels';
import type { StepTarget } from './stepTarget';

/**
 * Runs or resumes a step, shows it meanwhile, and resolves when it ends.
 * @throws what running it throws
 */
export async function runAndShow(
  { file, step }: StepTarget,
  runs: Runs,
  panels: ResultPanel,
  fresh = false,
): Promise<void> {
  await saveExperiment(file); // the panel opens at once, and reads what the step is
  const running = runs.start(file, step, fresh);
  running.catch(() => undefined); // awaited below; until then its failure must not be unhandled
  await panels.open(file, step);
  await running;
}
