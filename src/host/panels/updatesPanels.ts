import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { RunPanels } from './runPanels';
import { updatesPanel, type RevealTensor, type UpdatesPanel } from './updatesPanel';

/** The Updates panels of this window: one per compare run. */
export class UpdatesPanels extends RunPanels<UpdatesPanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs, revealTensor: RevealTensor) {
    const context = { extensionUri, experiments, runs };
    super(ids.updates, (panel, place) => updatesPanel(panel, place, context, revealTensor));
  }
}
