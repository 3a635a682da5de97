import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { isRunId, RunPanels } from './runPanels';
import { trainingPanel, type TrainingPanel } from './trainingPanel';

/** The Training panels of this window: one per train run. */
export class TrainingPanels extends RunPanels<TrainingPanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs) {
    const context = { extensionUri, experiments, runs };
    super(ids.training, (panel, place, shown) => trainingPanel(panel, place, overlaysIn(shown), context));
  }
}

/** Arms laid over the panel's own, as its page kept them. Those that are gone are left out later. */
function overlaysIn(shown: unknown): string[] {
  const { overlays } = (shown ?? {}) as { overlays?: unknown };
  return Array.isArray(overlays) ? overlays.filter(isRunId) : [];
}
