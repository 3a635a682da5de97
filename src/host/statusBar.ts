import * as vscode from 'vscode';
import { duration } from '../shared/format';
import type { Runs } from './experiments/runs';
import { commands } from './ids';
import { settings, settingsSection } from './settings';

/** The status bar item: what runs and how far it is, else the device. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('frankenstein.status', vscode.StatusBarAlignment.Left, 10);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly runs: Runs) {
    this.item.name = 'Frankenstein Lab';
    this.subscriptions = [
      runs.onDidChange(() => this.show()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settingsSection)) this.show();
      }),
    ];
    this.show();
    this.item.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.item).dispose();
  }

  private show(): void {
    const running = this.runs.running();
    const [first] = running;
    const { device } = settings.compute();
    if (!first) {
      this.item.text = `$(beaker) ${device}`;
      this.item.tooltip = `Frankenstein Lab computes on: ${device}. Click to choose.`;
      this.item.command = commands.selectDevice;
      this.item.accessibilityInformation = { label: `Frankenstein Lab, device ${device}` };
      return;
    }
    const { step, file, progress } = first;
    const counts = progress && progress.total > 0 ? ` ${progress.done}/${progress.total}` : '';
    const left = progress?.secondsLeft ? `, ${duration(progress.secondsLeft)} left` : '';
    const others = running.length > 1 ? ` (${running.length - 1} more wait)` : '';
    this.item.text = `$(sync~spin) ${step}${counts}${left}${others}`;
    this.item.tooltip = `Frankenstein Lab runs the step "${step}" on ${device}. Click to see it.`;
    this.item.command = { command: commands.openResults, title: 'Open Results', arguments: [{ file, step }] };
    this.item.accessibilityInformation = { label: `Frankenstein Lab runs ${step}${counts}${left}`, role: 'button' };
  }
}
