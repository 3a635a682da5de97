import * as vscode from 'vscode';
import { roles, type Role } from '../../shared/vocabulary';

const key = 'checkpointRoles';
const none = 'none';

/** The roles that the user gave to checkpoints of this workspace: they win over those that were found. */
export class CheckpointRoles implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly state: vscode.Memento) {}

  /** @returns undefined when the user has not chosen, null when they chose that it has no role */
  get(directory: string): Role | null | undefined {
    const chosen = this.all()[directory];
    if (chosen === none) return null;
    return roles.find((role) => role === chosen);
  }

  /** @param role null: it has none; undefined: what is found counts again */
  async set(directory: string, role: Role | null | undefined): Promise<void> {
    const others = Object.entries(this.all()).filter(([known]) => known !== directory);
    const chosen = role === undefined ? [] : [[directory, role ?? none]];
    await this.state.update(key, Object.fromEntries([...others, ...chosen]));
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private all(): Readonly<Record<string, string>> {
    return this.state.get(key, {});
  }
}
