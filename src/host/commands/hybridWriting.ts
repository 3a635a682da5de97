import path from 'node:path';
import * as vscode from 'vscode';
import { resolvePath, type Experiment } from '../../core/experiment/experiment';
import { addStep } from '../../core/experiment/hybridEdits';
import { hybridDonors } from '../../core/experiment/hybridDonors';
import { exists } from '../../core/files/folders';
import { listFolder } from '../../core/files/listFolder';
import { isBelow } from '../../core/files/paths';
import { CancelledError, InputError } from '../../shared/errors';
import type { Runs } from '../experiments/runs';
import { MergeDocument } from '../panels/mergeDocument';
import { writeStep } from '../panels/mergeEdits';
import { freeOutput } from '../panels/freeOutput';
import type { CheckpointsTree } from '../trees/checkpointsTree';
import { assertTrusted } from '../trust';
import type { HybridTarget } from './hybridTarget';

export interface WritingContext {
  readonly runs: Runs;
  readonly tree: CheckpointsTree;
}

/**
 * Writes a hybrid as a checkpoint: asks for the folder, and runs the file's `merge` step for it, which is added where
 * there is none.
 * @throws InputError, CancelledError
 */
export async function writeHybrid({ file, name }: HybridTarget, { runs, tree }: WritingContext): Promise<void> {
  assertTrusted();
  const document = new MergeDocument(file);
  const { experiment, problem } = await document.read();
  if (!experiment) throw new InputError(`the file has an error, ${problem}`, 'Mend it first.');
  const output = await vscode.window.showInputBox({
    title: `Write ${name}`,
    prompt: `The folder to write, relative to ${path.basename(file)} or absolute; new or empty`,
    value: await freeOutput(experiment, name),
    ignoreFocusOut: true,
    validateInput: (typed) => outputProblem(experiment, name, typed),
  });
  if (output === undefined) throw new CancelledError();
  const { id, step } = writeStep(experiment, name, output);
  if (step) await document.edit((text) => addStep(text, step));
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Writing ${name}`, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => runs.cancel(file, id));
      let told = 0;
      const listener = runs.onDidChange(() => {
        const own = runs.running().find((run) => run.file === file && run.step === id)?.progress;
        if (!own || own.total === 0) return;
        const now = (100 * own.done) / own.total;
        progress.report({ message: `${own.done} of ${own.total} ${own.unit}`, increment: now - told });
        told = now;
      });
      await runs.start(file, id).finally(() => listener.dispose());
    },
  );
  void offerToShow(resolvePath(experiment, output), name, tree);
}

/** What is wrong with an output folder; null when nothing is. */
export async function outputProblem(experiment: Experiment, hybrid: string, typed: string): Promise<string | null> {
  if (typed.trim() === '') return 'A folder is needed.';
  const folder = resolvePath(experiment, typed);
  for (const donor of hybridDonors(experiment.content.hybrids[hybrid]!, experiment)) {
    const { directory } = experiment.checkpoints.get(donor)!;
    if (folder === directory || isBelow(folder, directory)) {
      return `That is inside ${donor}, which it takes from.`;
    }
  }
  if (!(await exists(folder))) return null;
  const entries = await listFolder(folder).catch(() => null);
  if (entries === null) return `${folder} is no folder.`;
  return entries.length > 0 ? `${folder} is not empty.` : null;
}

async function offerToShow(folder: string, name: string, tree: CheckpointsTree): Promise<void> {
  await tree.refresh();
  const show = 'Show in Checkpoints';
  const chosen = await vscode.window.showInformationMessage(`${name} is written to ${folder}.`, show);
  if (chosen === show) await tree.revealCheckpoint(folder);
}
