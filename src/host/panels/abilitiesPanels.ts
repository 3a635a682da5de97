import type * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { abilitiesPanel, type AbilitiesPanel } from './abilitiesPanel';
import type { DatasetItems } from './datasetItems';
import { RunPanels } from './runPanels';

/** The Abilities panels of this window: one per evaluate run. */
export class AbilitiesPanels extends RunPanels<AbilitiesPanel> {
  constructor(extensionUri: vscode.Uri, experiments: Experiments, runs: Runs, datasets: DatasetItems) {
    const context = { extensionUri, experiments, runs };
    super(ids.abilities, (panel, place) => abilitiesPanel(panel, place, context, datasets));
  }
}
