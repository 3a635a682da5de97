import path from 'node:path';
import * as vscode from 'vscode';
import { runIdPattern } from '../../core/experiment/runId';
import { exists } from '../../core/files/folders';
import { isExperimentFile, type Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { panels as ids } from '../ids';
import { ProbePanel, type ProbePanelPlace } from './probePanel';

/** The Probe panels of this window: one per run. */
export class ProbePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<string, ProbePanel>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly experiments: Experiments,
    private readonly runs: Runs,
  ) {}

  /** Shows the panel of a step, or of a run set aside: the one there is, else a new one beside the file. */
  async open(file: string, step: string): Promise<ProbePanel> {
    const known = this.get(file, step);
    if (known) {
      known.panel.reveal();
      return known;
    }
    // Beside a text; where a panel has the focus, in its column.
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(ids.probe, step, column, { enableFindWidget: true });
    return this.add(panel, { file, step, overlays: [] });
  }

  get(file: string, step: string): ProbePanel | undefined {
    return this.panels.get(keyOf(file, step));
  }

  /** Brings back a panel of an earlier window, if its experiment file is still there. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const place = placeIn(state);
    const usable = place && !this.get(place.file, place.step) && (await exists(place.file));
    if (usable) await this.add(panel, place);
    else panel.dispose();
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) panel.dispose();
  }

  private async add(panel: vscode.WebviewPanel, place: ProbePanelPlace): Promise<ProbePanel> {
    const key = keyOf(place.file, place.step);
    const added = new ProbePanel(panel, place, this.extensionUri, this.experiments, this.runs);
    this.panels.set(key, added);
    panel.onDidDispose(() => this.panels.delete(key));
    await added.load();
    return added;
  }
}

function keyOf(file: string, step: string): string {
  return `${step}\n${file}`;
}

/** What a page kept, checked: a page wrote it, perhaps of another version. Overlays that are gone are left out later. */
function placeIn(state: unknown): ProbePanelPlace | null {
  const { file, step, ui } = (state ?? {}) as Record<string, unknown>;
  if (typeof file !== 'string' || !path.isAbsolute(file) || !isExperimentFile(file)) return null;
  if (!isRunId(step)) return null;
  const { overlays } = (ui ?? {}) as { overlays?: unknown };
  return { file, step, overlays: Array.isArray(overlays) ? overlays.filter(isRunId) : [] };
}

function isRunId(value: unknown): value is string {
  return typeof value === 'string' && runIdPattern.test(value);
}
