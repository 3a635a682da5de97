import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import type { DatasetItems } from './datasetItems';
import { reasoningPanel, type ReasoningPanel } from './reasoningPanel';
import { RunPanels } from './runPanels';

/** The Reasoning panels of this window: one per ablate run. */
export class ReasoningPanels extends RunPanels<ReasoningPanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs, datasets: DatasetItems) {
    const context = { extensionUri, experiments, runs };
    super(ids.reasoning, (panel, place) => reasoningPanel(panel, place, context, datasets));
  }
}
