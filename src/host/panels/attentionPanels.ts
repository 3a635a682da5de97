import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { attentionPanel, type AttentionPanel } from './attentionPanel';
import type { DatasetItems } from './datasetItems';
import { RunPanels } from './runPanels';

/** The Attention panels of this window: one per attention run. */
export class AttentionPanels extends RunPanels<AttentionPanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs, items: DatasetItems) {
    const context = { extensionUri, experiments, runs };
    super(ids.attention, (panel, place) => attentionPanel(panel, place, context, items));
  }
}
