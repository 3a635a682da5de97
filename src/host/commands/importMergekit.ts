import path from 'node:path';
import * as vscode from 'vscode';
import { readTextFile } from '../../core/files/containedFile';
import { experimentFromMergekit } from '../../core/merge/mergekit/experimentFromMergekit';
import { CancelledError, InputError } from '../../shared/errors';
import { registerCommands } from './failable';
import type { KnownCheckpoint } from './newExperiment';

const fileLimit = 1 << 20;

/** *Import mergekit File*: an experiment file beside it, with its models and its merge as a hybrid. Nothing is overwritten. */
export function registerImportMergekit(
  known: () => Promise<readonly KnownCheckpoint[]>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      importMergekit: async (argument) => {
        const file = argument instanceof vscode.Uri ? argument : await chooseFile();
        const checkpoints = await known();
        const text = await readTextFile(file.fsPath, { limit: fileLimit });
        const made = await experimentFromMergekit(file.fsPath, text, (model) => folderOf(model, checkpoints));
        const target = file.with({ path: file.path.replace(/\.ya?ml$/i, '') + '.frankenstein.yaml' });
        if (await exists(target)) {
          throw new InputError(`${target.fsPath} exists`, 'Rename it, or the mergekit file.');
        }
        await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(made.text));
        await vscode.window.showTextDocument(target);
        if (made.traps.length > 0) {
          const count = made.traps.length === 1 ? 'One thing' : `${made.traps.length} things`;
          void vscode.window.showWarningMessage(`${count} in this merge may surprise: see the head of the file.`);
        }
      },
    },
    log,
  );
}

async function chooseFile(): Promise<vscode.Uri> {
  const [file] =
    (await vscode.window.showOpenDialog({
      filters: { 'mergekit file': ['yaml', 'yml'] },
      title: 'Import mergekit File',
    })) ?? [];
  if (!file) throw new CancelledError();
  return file;
}

/** A model named as on the Hub is a checkpoint that was found under that name, or in the Hub's cache. */
function folderOf(model: string, known: readonly KnownCheckpoint[]): string | null {
  const cached = `models--${model.replaceAll('/', '--')}`;
  const found = known.find(({ directory }) => directory.split(path.sep).includes(cached));
  return (found ?? known.find(({ name }) => name === model))?.directory ?? null;
}

function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(
    vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    ),
  );
}
