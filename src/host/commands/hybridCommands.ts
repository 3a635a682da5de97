import path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../core/experiment/experiment';
import { removeHybrid, renameHybrid, setHybrid } from '../../core/experiment/hybridEdits';
import { CancelledError, failureOf, InputError } from '../../shared/errors';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { commands } from '../ids';
import { MergeDocument } from '../panels/mergeDocument';
import { CheckpointHeaders } from '../trees/checkpointHeaders';
import type { CheckpointsTree } from '../trees/checkpointsTree';
import { registerCommands } from './failable';
import { askInTurn, back, choose, type Question } from './hybridDialog';
import { firstDraft, nextQuestion, specOf, totalSteps, type HybridDraft } from './hybridQuestions';
import { fileOfArgument, hybridTarget, readOpen, showHybrid } from './hybridTarget';
import { writeHybrid } from './hybridWriting';

/** What the commands work with. */
export interface HybridContext {
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly tree: CheckpointsTree;
}

/** Commands that make, write, rename, remove and show hybrids. */
export function registerHybridCommands(context: HybridContext, log: vscode.LogOutputChannel): vscode.Disposable {
  const { experiments } = context;
  return registerCommands(
    {
      newHybrid: (argument) => newHybrid(experiments, fileOfArgument(argument), null),
      mergeFrom: (argument) => {
        const { directory } = (argument ?? {}) as { readonly directory?: unknown };
        return newHybrid(experiments, undefined, typeof directory === 'string' ? directory : null);
      },
      writeHybrid: async (argument) => {
        await writeHybrid(await hybridTarget(argument, experiments, 'Write which hybrid?'), context);
      },
      renameHybrid: async (argument) => {
        const { file, name } = await hybridTarget(argument, experiments, 'Rename which hybrid?');
        const document = new MergeDocument(file);
        const { text } = await document.read();
        const to = await vscode.window.showInputBox({
          title: `Rename ${name}`,
          prompt: 'Steps that use it are changed too.',
          value: name,
          validateInput: (typed) => failureOf(() => renameHybrid(text, name, typed)),
        });
        if (to === undefined) throw new CancelledError();
        await document.edit((current) => renameHybrid(current, name, to));
        await showHybrid({ file, name: to });
      },
      removeHybrid: async (argument) => {
        const { file, name } = await hybridTarget(argument, experiments, 'Remove which hybrid?');
        const document = new MergeDocument(file);
        await document.edit((text) => removeHybrid(text, name));
        await document.show();
      },
      goToHybrid: async (argument) => showHybrid(await hybridTarget(argument, experiments, 'Which hybrid?')),
    },
    log,
  );
}

/** A draft, or the file that is still to be chosen. */
type Known = HybridDraft | 'no file';

/** @param directory of the checkpoint that it is made from; null for none */
async function newHybrid(experiments: Experiments, given: string | undefined, directory: string | null): Promise<void> {
  const candidates = given === undefined ? await filesOf(experiments, directory) : [await sound(given, experiments)];
  const draftOf = (experiment: Experiment) => {
    const named = [...experiment.checkpoints.values()].find((checkpoint) => checkpoint.directory === directory);
    return firstDraft(experiment, named ?? null);
  };
  const first: Known = candidates.length === 1 ? draftOf(candidates[0]!) : 'no file';
  const headers = new CheckpointHeaders();
  const next = (known: Known): Question<Known> | null =>
    known === 'no file' ? askFile(candidates, draftOf) : nextQuestion(known, headers);
  const asked = candidates.length === 1 ? 0 : 1;
  const total = (known: Known) => asked + (known === 'no file' ? 2 : totalSteps(known));
  const draft = await askInTurn('New Hybrid', first, next, total);
  if (draft === 'no file' || draft.name === null) return;
  const { file } = draft.experiment;
  const { name } = draft;
  await new MergeDocument(file).edit((text) => setHybrid(text, name, specOf(draft)));
  await showHybrid({ file, name });
}

/** The experiment files that a hybrid may go into. @throws InputError, having offered to make one */
async function filesOf(experiments: Experiments, directory: string | null): Promise<Experiment[]> {
  const entries = await experiments.all();
  const read = await Promise.all(entries.map(({ file }) => readOpen(file, experiments)));
  const names = ({ checkpoints }: Experiment) =>
    directory === null || [...checkpoints.values()].some((checkpoint) => checkpoint.directory === directory);
  const found = read.flatMap(({ experiment }) => (experiment && names(experiment) ? experiment : []));
  if (found.length > 0) return found;
  const make = 'New Experiment…';
  const what = directory === null ? 'is there' : `names ${path.basename(directory)}`;
  const message = `No experiment file ${what}: hybrids are kept in one.`;
  const chosen = await vscode.window.showInformationMessage(message, make);
  if (chosen !== make) throw new CancelledError();
  await vscode.commands.executeCommand(commands.newExperiment);
  const made = fileOfArgument(undefined);
  if (made === undefined) throw new CancelledError();
  return [await sound(made, experiments)];
}

async function sound(file: string, experiments: Experiments): Promise<Experiment> {
  const { experiment, problem } = await readOpen(file, experiments);
  if (!experiment) throw new InputError(`${file}: ${problem}`, 'Mend it first.');
  return experiment;
}

function askFile(candidates: readonly Experiment[], draftOf: (experiment: Experiment) => HybridDraft): Question<Known> {
  const items = candidates.map((experiment) => ({
    label: path.basename(experiment.file),
    description: [...experiment.checkpoints.keys()].join(', '),
    detail: experiment.file,
    experiment,
  }));
  return async (place) => {
    const chosen = await choose(place, 'In which experiment file?', items);
    return chosen === back ? back : draftOf(chosen.experiment);
  };
}
