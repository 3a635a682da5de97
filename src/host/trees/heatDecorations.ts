import * as vscode from 'vscode';
import type { LastComparison } from './lastComparison';
import { movedInWords } from './updateHeat';

const scheme = 'frankenstein-checkpoint';

/** The address of a node, under which VS Code asks for its decoration. */
export function heatUri(directory: string, key: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encodeURIComponent(directory)}/${key}` });
}

/** Badges of how much nodes of the Checkpoints tree moved; VS Code asks for those that it shows. */
export class HeatDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly last: LastComparison) {
    this.subscriptions = [
      this.changed,
      last.onDidChange(() => this.changed.fire(undefined)),
      vscode.window.registerFileDecorationProvider(this),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme) return undefined;
    const [, directory = '', ...key] = uri.path.split('/');
    const heat = this.last.heatOf(decodeURIComponent(directory), key.join('/'));
    if (!heat) return undefined;
    return new vscode.FileDecoration(String(heat.level), movedInWords(heat), colourOf(heat.level));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

/**
 * From cold to warm; what did not move keeps the colour of other nodes. These can be read as text in every theme, which
 * chart colours cannot. Never red: that is an error's.
 */
function colourOf(level: number): vscode.ThemeColor | undefined {
  if (level === 0) return undefined;
  const [cold, between, warm] = ['textLink.foreground', 'charts.purple', 'gitDecoration.modifiedResourceForeground'];
  return new vscode.ThemeColor(level > 6 ? warm! : level > 3 ? between! : cold!);
}
