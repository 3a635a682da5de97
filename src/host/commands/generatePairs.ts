import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { addStep } from '../../core/experiment/hybridEdits';
import { exists } from '../../core/files/folders';
import { defaultPairs } from '../../core/pairs/options';
import { CancelledError, InputError } from '../../shared/errors';
import type { PairsParams, PairsResult } from '../../shared/protocol/engine';
import type { EngineClient } from '../engineClient';
import type { Experiments } from '../experiments/experiments';
import { MergeDocument } from '../panels/mergeDocument';
import { freeName } from '../panels/mergeNames';
import { registerCommands, showFailure } from './failable';
import { askInTurn } from './hybridDialog';
import { fileOfArgument, readOpen } from './hybridTarget';
import { nextPairsQuestion, pairsQuestionCount, type PairsDraft } from './pairsQuestions';
import { swapStep } from './pairsStep';

/**
 * *Generate Paired Images*: asks what they are to be, as far as its argument does not say it, draws them, and offers to
 * probe a checkpoint with them.
 */
export function registerGeneratePairs(
  engine: EngineClient,
  experiments: Experiments,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      generatePairs: async (argument) => {
        const { functions, count, sizes, seed, output } = (argument ?? {}) as PairsDraft;
        const given: PairsDraft = { functions, count, sizes, seed, output };
        const suggested = await freeFolder();
        const title = 'Generate Paired Images';
        const next = (draft: PairsDraft) => nextPairsQuestion(draft, suggested);
        const draft = await askInTurn(title, given, next, () => pairsQuestionCount);
        const made = await draw({ ...defaultPairs, ...draft } as PairsParams, engine);
        void offerMore(made, experiments).catch((error: unknown) => showFailure(error, log));
        return made;
      },
    },
    log,
  );
}

/** `pairs` in the workspace's first folder, else at home, or `pairs-2` and so on where that is taken. */
async function freeFolder(): Promise<string> {
  const parent = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const taken = new Set<string>();
  for (;;) {
    const name = freeName('pairs', taken);
    if (!(await exists(path.join(parent, name)))) return path.join(parent, name);
    taken.add(name);
  }
}

async function draw(params: PairsParams, engine: EngineClient): Promise<PairsResult> {
  const title = `Drawing ${path.basename(params.output)}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      const cancelling = new AbortController();
      token.onCancellationRequested(() => cancelling.abort());
      let told = 0;
      return engine.call('pairs', params, {
        signal: cancelling.signal,
        onProgress: ({ done, total, unit }) => {
          const now = (100 * done) / total;
          progress.report({ message: `${done} of ${total} ${unit}`, increment: now - told });
          told = now;
        },
      });
    },
  );
}

async function offerMore({ output, functions }: PairsResult, experiments: Experiments): Promise<void> {
  const candidates = (await experiments.all()).filter(({ experiment }) => (experiment?.checkpoints.size ?? 0) > 0);
  const add = 'Add a Swap Step';
  const show = 'Show Folder';
  const count = Object.values(functions).reduce((sum, { pairs }) => sum + pairs, 0);
  const actions = candidates.length > 0 ? [add, show] : [show];
  const chosen = await vscode.window.showInformationMessage(`${count} pairs are drawn to ${output}.`, ...actions);
  if (chosen === show) {
    const uri = vscode.Uri.file(output);
    const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
  }
  if (chosen === add) await addSwapStep(output, experiments);
}

/** Into the experiment file that is being edited, else one that the user picks. */
async function addSwapStep(pairs: string, experiments: Experiments): Promise<void> {
  const active = fileOfArgument(undefined);
  const entries = active === undefined ? await experiments.all() : [await readOpen(active, experiments)];
  const items = entries.flatMap(({ file, name, experiment }) =>
    experiment && experiment.checkpoints.size > 0 ? { label: name, detail: file } : [],
  );
  if (items.length === 0) throw new InputError('there is no experiment file with checkpoints', 'Make one first.');
  const placeHolder = 'Add the step to which experiment?';
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder });
  if (!chosen) throw new CancelledError();
  const document = new MergeDocument(chosen.detail);
  await document.edit((text, experiment) => addStep(text, swapStep(experiment, pairs)));
  await document.show();
}
