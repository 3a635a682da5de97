/** What *Generate Paired Images* asks. */
import path from 'node:path';
import * as vscode from 'vscode';
import { assertNewOrEmpty } from '../../core/files/outputFolder';
import { checkPairsOptions, defaultPairs, parseImageSize } from '../../core/pairs/options';
import { CancelledError, describeError, failureOf } from '../../shared/errors';
import type { PairsParams } from '../../shared/protocol/engine';
import { visionFunctions, type VisionFunction } from '../../shared/vocabulary';
import { back, enter, type Question, type QuestionPlace } from './hybridDialog';

/** What is known so far; the rest is as `defaultPairs` has it. */
export type PairsDraft = { readonly [K in keyof PairsParams]?: PairsParams[K] | undefined };

export const pairsQuestionCount = 5;

const details: Readonly<Record<VisionFunction, string>> = {
  recognition: 'Is there a red circle? With it, and the same scene without it.',
  counting: 'How many items are there? Some, and the same with further ones.',
  ocr: 'Which word is it? One word, and another at the same place.',
  grounding: 'Where is it? One object, and the same elsewhere.',
};

/** The next question; null when all is asked. @param suggested a folder that is not there yet */
export function nextPairsQuestion(draft: PairsDraft, suggested: string): Question<PairsDraft> | null {
  if (!draft.functions) return (place) => askFunctions(draft, place);
  if (draft.count === undefined) {
    const [prompt, value] = ['How many pairs of each function?', String(defaultPairs.count)];
    return ask(prompt, value, draft, (text) => ({ count: wholeNumber(text) }));
  }
  if (!draft.sizes) {
    const prompt = 'The size of the images in pixels; several with commas between take turns';
    return ask(prompt, '384x384', draft, (text) => ({ sizes: text.split(',').map(sizeOf) }));
  }
  if (draft.seed === undefined) {
    const prompt = 'The seed: the same seed and options give the same images';
    return ask(prompt, String(defaultPairs.seed), draft, (text) => ({ seed: wholeNumber(text) }));
  }
  return draft.output === undefined ? askFolder(draft, suggested) : null;
}

async function askFunctions(draft: PairsDraft, { title, step, totalSteps }: QuestionPlace): Promise<PairsDraft> {
  const items = visionFunctions.map((name) => ({ label: name, detail: details[name], picked: true, name }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title} (${step}/${totalSteps})`,
    placeHolder: 'Pairs for which functions?',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!chosen || chosen.length === 0) throw new CancelledError();
  return { ...draft, functions: chosen.map(({ name }) => name) };
}

/** @param read what a text says; its bounds are checked here */
function ask(
  prompt: string,
  value: string,
  draft: PairsDraft,
  read: (text: string) => PairsDraft,
): Question<PairsDraft> {
  const problem = (text: string) => failureOf(() => checkPairsOptions({ ...defaultPairs, ...draft, ...read(text) }));
  return async (place) => {
    const text = await enter(place, { prompt, value, problem });
    return text === back ? back : { ...draft, ...read(text) };
  };
}

function askFolder(draft: PairsDraft, suggested: string): Question<PairsDraft> {
  const prompt = 'The folder to write; new or empty';
  const absolute = (text: string) => path.resolve(path.dirname(suggested), text.trim());
  const problem = async (text: string) => {
    if (text.trim() === '') return 'A folder is needed.';
    return assertNewOrEmpty(absolute(text)).then(() => null, describeError);
  };
  return async (place) => {
    const text = await enter(place, { prompt, value: suggested, problem });
    return text === back ? back : { ...draft, output: absolute(text) };
  };
}

/** What is no number is NaN, which is out of all bounds. */
function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}

function sizeOf(text: string): PairsParams['sizes'][number] {
  return parseImageSize(text) ?? { width: NaN, height: NaN };
}
