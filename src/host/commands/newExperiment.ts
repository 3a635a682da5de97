import path from 'node:path';
import * as vscode from 'vscode';
import { pathBelow } from '../../core/files/paths';
import { placeInChain, type Role } from '../../shared/vocabulary';
import { registerCommands } from './failable';

/** A checkpoint that a new experiment may begin with. */
export interface KnownCheckpoint {
  readonly name: string;
  readonly directory: string;
  readonly role: Role | null;
}

/** *New Experiment*: an experiment file with the checkpoints that were found, ready to be edited. Nothing is overwritten. */
export function registerNewExperiment(
  known: () => Promise<readonly KnownCheckpoint[]>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      newExperiment: async () => {
        const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
        const uri = await vscode.window.showSaveDialog({
          defaultUri: folder && vscode.Uri.joinPath(folder, 'experiment.frankenstein.yaml'),
          filters: { 'Frankenstein experiment': ['frankenstein.yaml'] },
          title: 'New Experiment',
        });
        if (!uri) return;
        const file = withSuffix(uri);
        const text = experimentText(await known(), path.dirname(file.fsPath));
        await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
        await vscode.window.showTextDocument(file);
      },
    },
    log,
  );
}

function withSuffix(uri: vscode.Uri): vscode.Uri {
  const base = uri.path.replace(/(\.frankenstein)?(\.ya?ml)?$/, '');
  return uri.with({ path: `${base}.frankenstein.yaml` });
}

/** The text of a new experiment beside or above the given checkpoints. */
export function experimentText(known: readonly KnownCheckpoint[], directory: string): string {
  const inOrder = [...known].sort((a, b) => placeInChain(a.role) - placeInChain(b.role));
  const lines = uniquelyNamed(inOrder).map(
    ([name, folder]) => `  ${key(name)}: ${JSON.stringify(shown(folder, directory))}`,
  );
  const first = lines.length > 0 ? uniquelyNamed(inOrder)[0]![0] : 'base';
  return [
    'version: 1',
    '',
    'checkpoints:',
    ...(lines.length > 0 ? lines : ['  base: ./base']),
    '',
    'regions: thirds',
    '',
    'steps:',
    '  # Where does each visual function live? Paired images, a sub-folder per function.',
    `  - swap: { id: vision, checkpoint: ${JSON.stringify(first)}, pairs: ./pairs, limit: 50 }`,
    '',
  ].join('\n');
}

function uniquelyNamed(known: readonly KnownCheckpoint[]): [string, string][] {
  const used = new Set<string>();
  return known.map(({ name, directory }) => {
    let unique = name;
    for (let number = 2; used.has(unique); number++) unique = `${name}-${number}`;
    used.add(unique);
    return [unique, directory];
  });
}

function shown(folder: string, directory: string): string {
  const below = pathBelow(folder, directory);
  return below === null ? folder : `./${below}`;
}

function key(name: string): string {
  return /^[A-Za-z][\w.-]*$/.test(name) ? name : JSON.stringify(name);
}
