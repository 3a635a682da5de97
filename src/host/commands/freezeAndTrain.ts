import path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../core/experiment/experiment';
import { optionsOf } from '../../core/experiment/experimentFile';
import { addStep } from '../../core/experiment/hybridEdits';
import { InputError } from '../../shared/errors';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { MergeDocument } from '../panels/mergeDocument';
import type { ResultPanel } from '../panels/resultPanels';
import { registerCommands } from './failable';
import { nextTrainQuestion, takenNames, trainQuestionCount, type TrainDraft } from './freezeAndTrainQuestions';
import { askInTurn } from './hybridDialog';
import { fileOfArgument, readOpen } from './hybridTarget';
import { runAndShow } from './runAndShow';
import { trainSteps, type TrainPlan } from './trainSteps';

/**
 * *Freeze and Train*: asks what is trained and what keeps its weights, as far as its argument does not say it, writes
 * a train step for each arm into the experiment file, runs the first and shows it.
 */
export function registerFreezeAndTrain(
  experiments: Experiments,
  runs: Runs,
  panels: ResultPanel,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      freezeAndTrain: async (argument) => {
        const candidates = await candidatesFor(fileOfArgument(argument), experiments);
        const [only, second] = candidates;
        const known = second ? undefined : only;
        const first: TrainDraft = { ...given(argument), experiment: known };
        const draft = await askInTurn<TrainDraft>(
          'Freeze and Train',
          first,
          (asked) => nextTrainQuestion(asked, candidates),
          () => trainQuestionCount + (known ? 0 : 1),
        );
        const { experiment, further, ...plan } = draft as Required<TrainDraft>;
        const { file } = experiment!;
        const added = await addArms(experiment!, plan as TrainPlan, further!);
        await runAndShow({ file, step: added[0]! }, runs, panels);
        return added;
      },
    },
    log,
  );
}

/** Answers that a caller gives in advance. */
function given(argument: unknown): TrainDraft {
  const { from, method, freeze, dataset, steps, learningRate, output, further } = (argument ?? {}) as TrainDraft;
  return { from, method, freeze, dataset, steps, learningRate, output, further };
}

/** The file that is meant, else all that have checkpoints. @throws InputError where there is none */
async function candidatesFor(file: string | undefined, experiments: Experiments): Promise<Experiment[]> {
  const files = file === undefined ? (await experiments.all()).map((entry) => entry.file) : [file];
  const entries = await Promise.all(files.map((each) => readOpen(each, experiments)));
  const [first] = entries;
  if (file !== undefined && !first?.experiment) throw new InputError(`${file}: ${first?.problem}`, 'Mend it first.');
  const found = entries.flatMap(({ experiment }) => (experiment && experiment.checkpoints.size > 0 ? experiment : []));
  if (found.length > 0) return found;
  throw new InputError(
    'there is no experiment file with checkpoints',
    'Make one with "Frankenstein: New Experiment…".',
  );
}

/** One step of the editor's undo per arm. @returns their ids */
async function addArms(
  experiment: Experiment,
  plan: TrainPlan,
  further: NonNullable<TrainDraft['further']>,
): Promise<string[]> {
  const { file, directory, content } = experiment;
  const taken = await takenNames(path.dirname(path.resolve(directory, plan.output)), experiment);
  const ids = new Set(content.steps.map((step) => optionsOf(step).id));
  const steps = trainSteps(plan, further, ids, taken);
  const document = new MergeDocument(file);
  for (const step of steps) await document.edit((text) => addStep(text, step));
  await document.show();
  return steps.map((step) => optionsOf(step).id);
}
