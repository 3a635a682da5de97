import * as vscode from 'vscode';
import { bytes, duration } from '../shared/format';
import { memoryText } from './commands/deviceItems';
import type { Devices } from './devices';
import type { EngineClient } from './engineClient';
import type { Runs } from './experiments/runs';
import { commands } from './ids';
import { settings, settingsSection } from './settings';
import { tooltip } from './trees/tooltip';

/** The status bar item: what runs and how far it is, else the device. Its tooltip has the device and the memory. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('frankenstein.status', vscode.StatusBarAlignment.Left, 10);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly runs: Runs,
    private readonly devices: Devices,
    private readonly engine: EngineClient,
  ) {
    this.item.name = 'Frankenstein Lab';
    this.subscriptions = [
      runs.onDidChange(() => this.show()),
      devices.onDidChange(() => this.show()),
      engine.onDidChange(() => this.show()),
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
      this.item.tooltip = this.describe('Click to choose the device.');
      this.item.command = commands.selectDevice;
      this.item.accessibilityInformation = { label: `Frankenstein Lab, device ${device}` };
      return;
    }
    const { step, file, progress } = first;
    const counts = progress && progress.total > 0 ? ` ${progress.done}/${progress.total}` : '';
    const left = progress?.secondsLeft ? `, ${duration(progress.secondsLeft)} left` : '';
    const others = running.length > 1 ? ` (${running.length - 1} more wait)` : '';
    this.item.text = `$(sync~spin) ${step}${counts}${left}${others}`;
    this.item.tooltip = this.describe(`It runs the step "${step}". Click to see it.`);
    this.item.command = { command: commands.openResults, title: 'Open Results', arguments: [{ file, step }] };
    this.item.accessibilityInformation = { label: `Frankenstein Lab runs ${step}${counts}${left}`, role: 'button' };
  }

  /** @param click what there is to do */
  private describe(click: string): vscode.MarkdownString {
    const { device } = settings.compute();
    const shown = (this.devices.known ?? []).filter((each) => device === 'auto' || each.device === device);
    const memories = shown
      .filter(({ available }) => available)
      .map((each) => [`Memory of ${each.device}`, memoryText(each.memory) ?? 'not known'] as const);
    const missing = shown
      .filter(({ available }) => !available && device !== 'auto')
      .map(({ mend, detail }) => `${device} is not there: ${mend ?? detail}`);
    const { standing } = this.engine;
    const text = tooltip(
      'Frankenstein Lab',
      [
        ['Device', device],
        ...memories,
        ['Engine', standing ? `${bytes(standing.resident)}, ${standing.sessions.length} sessions` : 'not started'],
      ],
      missing,
    );
    return text.appendMarkdown('\n\n').appendText(click);
  }
}
