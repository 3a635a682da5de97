/** What *Freeze and Train* asks. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../core/experiment/experiment';
import { hybridBriefly } from '../../core/experiment/hybridWords';
import { listFolder } from '../../core/files/listFolder';
import { assertNewOrEmpty } from '../../core/files/outputFolder';
import { pathBelow } from '../../core/files/paths';
import { CancelledError, describeError } from '../../shared/errors';
import { partTitles, regionTitles, roleTitles } from '../../shared/vocabulary';
import { back, choose, enter, type Question, type QuestionPlace } from './hybridDialog';
import {
  datasetsIn,
  freezable,
  furtherArms,
  outputsIn,
  suggestedOutput,
  type Freezable,
  type FurtherArms,
  type TrainPlan,
} from './trainSteps';

/** What is known so far. */
export type TrainDraft = { readonly [K in keyof TrainPlan]?: TrainPlan[K] | undefined } & {
  readonly experiment?: Experiment | undefined;
  readonly further?: FurtherArms | undefined;
};

/** Beside the one for the experiment file. */
export const trainQuestionCount = 8;

const methods = [
  { method: 'grpo', label: 'grpo', detail: 'Reinforcement learning: answers are sampled in groups and judged.' },
  { method: 'sft', label: 'sft', detail: 'Supervised fine-tuning on the answers of the data set.' },
] as const;

const furtherDetails: Readonly<Record<FurtherArms, { label: string; detail: string }>> = {
  none: { label: 'This arm alone', detail: 'One step.' },
  unfrozen: {
    label: 'Also an arm with nothing frozen',
    detail: 'What freezing costs is seen beside it. Same start, data, steps and seed.',
  },
  regions: {
    label: 'Also an arm with nothing frozen and one per region',
    detail: 'Early, Mid and Late are frozen one after another. Same start, data, steps and seed.',
  },
};

/** The next question; null when all is asked. @param candidates experiment files with checkpoints */
export function nextTrainQuestion(draft: TrainDraft, candidates: readonly Experiment[]): Question<TrainDraft> | null {
  const { experiment, from, freeze } = draft;
  if (!experiment) return askFile(draft, candidates);
  if (from === undefined) return askStart(draft, experiment);
  if (!draft.method) return askMethod(draft);
  if (!freeze) return (place) => askFreeze(draft, place);
  if (draft.dataset === undefined) return askDataset(draft, experiment);
  if (draft.steps === undefined) {
    return askNumber(draft, 'How many steps? Each is one update of the weights', '200', readSteps, (steps) => ({
      steps,
    }));
  }
  if (draft.learningRate === undefined) {
    const prompt = 'The learning rate; small models want 1e-4 to 1e-3';
    return askNumber(draft, prompt, '1e-5', readRate, (learningRate) => ({ learningRate }));
  }
  if (draft.output === undefined) return askOutput(draft, experiment, from, freeze);
  return draft.further === undefined ? askFurther(draft) : null;
}

/** Names in a folder that an output may not have: of what is there, and of what steps will write. */
export async function takenNames(folder: string, { content }: Experiment): Promise<Set<string>> {
  const entries = await listFolder(folder).catch(() => []);
  return new Set([...entries.map(({ name }) => name), ...outputsIn(content)]);
}

function askFile(draft: TrainDraft, candidates: readonly Experiment[]): Question<TrainDraft> {
  const items = candidates.map((experiment) => ({
    label: path.basename(experiment.file),
    description: [...experiment.checkpoints.keys()].join(', '),
    detail: experiment.file,
    experiment,
  }));
  return async (place) => {
    const chosen = await choose(place, 'In which experiment file?', items);
    return chosen === back ? back : { ...draft, experiment: chosen.experiment };
  };
}

function askStart(draft: TrainDraft, { checkpoints, content }: Experiment): Question<TrainDraft> {
  const items = [
    ...[...checkpoints.values()].map(({ name, role, directory }) => {
      return { label: name, description: role ? roleTitles[role] : '', detail: directory };
    }),
    ...Object.entries(content.hybrids).map(([name, spec]) => {
      return { label: name, description: 'hybrid', detail: hybridBriefly(spec) };
    }),
  ];
  return async (place) => {
    const chosen = await choose(place, 'From which checkpoint or hybrid?', items);
    return chosen === back ? back : { ...draft, from: chosen.label };
  };
}

function askMethod(draft: TrainDraft): Question<TrainDraft> {
  return async (place) => {
    const chosen = await choose(place, 'How is it trained?', methods);
    return chosen === back ? back : { ...draft, method: chosen.method };
  };
}

async function askFreeze(draft: TrainDraft, { title, step, totalSteps }: QuestionPlace): Promise<TrainDraft> {
  const titles: Readonly<Record<Freezable, string>> = { ...regionTitles, ...partTitles };
  const items = freezable.map((name) => ({
    label: titles[name],
    detail: name in regionTitles ? 'Decoder layers, as the file’s regions cut them.' : 'The part as a whole.',
    picked: name === 'late',
    name,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title} (${step}/${totalSteps})`,
    placeHolder: 'What keeps its weights? Nothing chosen trains everything.',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!chosen) throw new CancelledError();
  return { ...draft, freeze: chosen.map(({ name }) => name) };
}

function askDataset(draft: TrainDraft, { content, directory }: Experiment): Question<TrainDraft> {
  const items = [
    ...datasetsIn(content).map(({ path: label, step }) => ({ label, description: `of ${step}`, another: false })),
    { label: 'Another File…', description: '', another: true },
  ];
  return async (place) => {
    const chosen = await choose(
      place,
      'Which questions and answers? They are best others than it is evaluated on.',
      items,
    );
    if (chosen === back) return back;
    if (!chosen.another) return { ...draft, dataset: chosen.label };
    const [file] =
      (await vscode.window.showOpenDialog({
        title: 'Data set to train on',
        defaultUri: vscode.Uri.file(directory),
        filters: { 'Data sets': ['jsonl', 'parquet'], 'All files': ['*'] },
      })) ?? [];
    if (!file) throw new CancelledError();
    const below = pathBelow(file.fsPath, directory);
    return { ...draft, dataset: below === null ? file.fsPath : `./${below}` };
  };
}

/** @param read a number, or null where the text is none that will do */
function askNumber(
  draft: TrainDraft,
  prompt: string,
  value: string,
  read: (text: string) => number | null,
  known: (number: number) => TrainDraft,
): Question<TrainDraft> {
  const problem = (text: string) => (read(text) === null ? 'A number above 0 is needed.' : null);
  return async (place) => {
    const text = await enter(place, { prompt, value, problem });
    return text === back ? back : { ...draft, ...known(read(text)!) };
  };
}

function readSteps(text: string): number | null {
  const steps = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
  return steps >= 1 && Number.isSafeInteger(steps) ? steps : null;
}

function readRate(text: string): number | null {
  const rate = text.trim() === '' ? 0 : Number(text);
  return rate > 0 && Number.isFinite(rate) ? rate : null;
}

function askOutput(
  draft: TrainDraft,
  experiment: Experiment,
  from: string,
  freeze: readonly Freezable[],
): Question<TrainDraft> {
  const prompt = 'The folder to write the checkpoint to; new or empty';
  const problem = async (text: string) => {
    if (text.trim() === '') return 'A folder is needed.';
    return assertNewOrEmpty(path.resolve(experiment.directory, text.trim())).then(() => null, describeError);
  };
  return async (place) => {
    const value = suggestedOutput(from, freeze, await takenNames(experiment.directory, experiment));
    const text = await enter(place, { prompt, value, problem });
    return text === back ? back : { ...draft, output: text.trim() };
  };
}

function askFurther(draft: TrainDraft): Question<TrainDraft> {
  const items = furtherArms.map((further) => ({ ...furtherDetails[further], further }));
  return async (place) => {
    const chosen = await choose(place, 'Further arms to compare it with?', items);
    return chosen === back ? back : { ...draft, further: chosen.further };
  };
}
