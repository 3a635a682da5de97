import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { probePanel, type ProbePanel } from './probePanel';
import { isRunId, RunPanels } from './runPanels';

/** The Probe panels of this window: one per run. */
export class ProbePanels extends RunPanels<ProbePanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs) {
    const context = { extensionUri, experiments, runs };
    super(ids.probe, (panel, place, shown) => probePanel(panel, place, overlaysIn(shown), context));
  }
}

/** Runs laid over the panel's own, as its page kept them. Those that are gone are left out later. */
function overlaysIn(shown: unknown): string[] {
  const { overlays } = (shown ?? {}) as { overlays?: unknown };
  return Array.isArray(overlays) ? overlays.filter(isRunId) : [];
}
