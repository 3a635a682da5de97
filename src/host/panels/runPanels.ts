import path from 'node:path';
import * as vscode from 'vscode';
import { runIdPattern } from '../../core/experiment/runId';
import { exists } from '../../core/files/folders';
import { isExperimentFile } from '../experiments/experiments';
import { keyOf } from '../experiments/stepKey';
import type { RunPanelPlace } from './runPanel';

/** What the registry needs of a panel. */
interface Openable {
  readonly panel: vscode.WebviewPanel;
  readonly place: RunPanelPlace;
  load(): Promise<void>;
}

/** The panels of one kind in this window: one per run. */
export class RunPanels<Panel extends Openable> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<string, Panel>();

  /**
   * @param viewType the id of this kind of panel
   * @param create makes a panel that is not loaded yet; `shown` is what its page kept, from anybody
   */
  constructor(
    private readonly viewType: string,
    private readonly create: (panel: vscode.WebviewPanel, place: RunPanelPlace, shown: unknown) => Panel,
  ) {}

  /** Shows the panel of a step, or of a run set aside: the one there is, else a new one beside the file. */
  async open(file: string, step: string): Promise<Panel> {
    const known = this.get(file, step);
    if (known) {
      known.panel.reveal();
      return known;
    }
    // Beside a text; where a panel has the focus, in its column.
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(this.viewType, step, column, { enableFindWidget: true });
    return this.add(panel, { file, step }, undefined);
  }

  get(file: string, step: string): Panel | undefined {
    return this.panels.get(keyOf(file, step));
  }

  /** Brings back a panel of an earlier window, if its experiment file is still there. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const place = placeIn(state);
    const usable = place && !this.get(place.file, place.step) && (await exists(place.file));
    if (usable) await this.add(panel, place, (state as { ui?: unknown }).ui);
    else panel.dispose();
  }

  /** The run whose panel has the focus. */
  active(): RunPanelPlace | undefined {
    return [...this.panels.values()].find(({ panel }) => panel.active)?.place;
  }

  dispose(): void {
    for (const { panel } of [...this.panels.values()]) panel.dispose();
  }

  private async add(panel: vscode.WebviewPanel, place: RunPanelPlace, shown: unknown): Promise<Panel> {
    const key = keyOf(place.file, place.step);
    const added = this.create(panel, place, shown);
    this.panels.set(key, added);
    panel.onDidDispose(() => this.panels.delete(key));
    await added.load();
    return added;
  }
}

/** What a page kept, checked: a page wrote it, perhaps of another version. */
function placeIn(state: unknown): RunPanelPlace | null {
  const { file, step } = (state ?? {}) as Record<string, unknown>;
  if (typeof file !== 'string' || !path.isAbsolute(file) || !isExperimentFile(file)) return null;
  return isRunId(step) ? { file, step } : null;
}

export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && runIdPattern.test(value);
}
