import * as vscode from 'vscode';
import { keyOf } from './stepKey';

/** Steps that somebody looks at, each read again and again whoever many look. */
export class WatchedSteps implements vscode.Disposable {
  private readonly watched = new Map<string, { count: number; last: string; readonly timer: NodeJS.Timeout }>();

  /**
   * @param pollMs how often a step is read
   * @param print how it stands now; another print is a change
   * @param tell told of every change
   */
  constructor(
    private readonly pollMs: number,
    private readonly print: (file: string, step: string) => Promise<string>,
    private readonly tell: (file: string, step: string) => void,
  ) {}

  /** Until the last who watches is disposed. */
  watch(file: string, step: string): vscode.Disposable {
    const key = keyOf(file, step);
    const known = this.watched.get(key);
    if (known) known.count++;
    else {
      const timer = setInterval(() => void this.poll(file, step), this.pollMs);
      this.watched.set(key, { count: 1, last: '', timer });
    }
    return new vscode.Disposable(() => {
      const entry = this.watched.get(key);
      if (!entry || --entry.count > 0) return;
      clearInterval(entry.timer);
      this.watched.delete(key);
    });
  }

  dispose(): void {
    for (const { timer } of this.watched.values()) clearInterval(timer);
  }

  private async poll(file: string, step: string): Promise<void> {
    const print = await this.print(file, step);
    const entry = this.watched.get(keyOf(file, step));
    if (!entry) return;
    if (print !== entry.last) this.tell(file, step);
    entry.last = print;
  }
}
