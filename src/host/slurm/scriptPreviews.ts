import * as vscode from 'vscode';

const scheme = 'frankenstein-slurm';

/** Job scripts that can be looked at and not changed: what is shown is what is sent. */
export class ScriptPreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private shown = 0;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.texts.get(path) ?? '';
  }

  async show(step: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${++this.shown}/${step}.sh` });
    this.texts.set(uri.path, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
  }
}
