import path from 'node:path';
import * as vscode from 'vscode';
import { stepOfRun } from '../../core/experiment/runId';
import { exists } from '../../core/files/folders';
import { isExperimentFile, type Experiments } from '../experiments/experiments';
import { panels as ids } from '../ids';
import { MergePanel } from './mergePanel';
import type { MergeContext } from './mergeWizard';

/** The merge wizards of this window: one per experiment file. */
export class MergePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<string, MergePanel>();

  constructor(private readonly context: MergeContext & { readonly experiments: Experiments }) {}

  /** Shows the wizard of a file: the one there is, else a new one beside the file. @param hybrid the one to begin with */
  open(file: string, hybrid: string | null = null): MergePanel {
    const opened = this.openOf(file);
    if (hybrid !== null) opened.show(hybrid);
    return opened;
  }

  /** Shows the hybrid that a merge step writes. */
  async openStep(file: string, step: string): Promise<MergePanel> {
    const { experiment } = await this.context.experiments.get(file);
    const steps = experiment?.content.steps.flatMap(({ merge }) => merge ?? []) ?? [];
    return this.open(file, steps.find(({ id }) => id === stepOfRun(step))?.hybrid ?? null);
  }

  get(file: string): MergePanel | undefined {
    return this.panels.get(file);
  }

  /** Brings back a wizard of an earlier window, if its experiment file is still there. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const file = fileIn(state);
    if (file !== null && !this.panels.has(file) && (await exists(file))) this.add(panel, file);
    else panel.dispose();
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) panel.dispose();
  }

  private openOf(file: string): MergePanel {
    const known = this.panels.get(file);
    if (known) {
      known.panel.reveal();
      return known;
    }
    // Beside a text; where a panel has the focus, in its column.
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    return this.add(vscode.window.createWebviewPanel(ids.merge, 'Merge', column, { enableFindWidget: true }), file);
  }

  private add(panel: vscode.WebviewPanel, file: string): MergePanel {
    const added = new MergePanel(panel, file, this.context);
    this.panels.set(file, added);
    panel.onDidDispose(() => this.panels.delete(file));
    return added;
  }
}

/** What a page kept, checked: a page wrote it, perhaps of another version. */
function fileIn(state: unknown): string | null {
  const { file } = (state ?? {}) as Record<string, unknown>;
  return typeof file === 'string' && path.isAbsolute(file) && isExperimentFile(file) ? file : null;
}
