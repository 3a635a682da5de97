import * as vscode from 'vscode';
import type { DeviceDescription } from '../shared/protocol/sessions';
import type { EngineClient } from './engineClient';
import { settingsSection } from './settings';

/** What the machine has to compute on. The engine is asked once, and again after what may change the answer. */
export class Devices implements vscode.Disposable {
  private asked: Promise<readonly DeviceDescription[]> | undefined;
  private told: readonly DeviceDescription[] | null = null;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly engine: EngineClient) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${settingsSection}.nodePath`)) this.forget();
    });
  }

  /** What is known without asking; null before the first answer. */
  get known(): readonly DeviceDescription[] | null {
    return this.told;
  }

  /**
   * Asks the engine, starting it if need be, unless it has answered. It answers when its work is done.
   * @throws what the engine throws
   */
  all(): Promise<readonly DeviceDescription[]> {
    if (this.asked) return this.asked;
    const asked = this.engine.call('devices', null);
    this.asked = asked;
    asked.then(
      (told) => this.asked === asked && this.tell(told),
      () => this.asked === asked && (this.asked = undefined), // asked again next time
    );
    return asked;
  }

  /** The next who asks has the engine look again. */
  forget(): void {
    this.asked = undefined;
    this.tell(null);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private tell(told: readonly DeviceDescription[] | null): void {
    this.told = told;
    this.changed.fire();
  }
}
