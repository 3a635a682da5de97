/** Answers of one model to a batch of questions. */
import { generate } from '../model/generate';
import type { OpenModel } from '../model/openModel';
import { sampleAnswers } from '../model/sample';
import type { Prompt } from '../model/visionLanguageModel';
import { InputError } from '../../shared/errors';
import type { Question, Questions } from './questions';

export interface AnswerSettings {
  readonly maxNewTokens: number;
  /** With more than one, answers are sampled; else there is one, greedy. */
  readonly samples: number;
  readonly temperature: number;
  /** Uniform numbers in [0, 1) for one sampled answer. */
  random(question: Question, sample: number): () => number;
}

export interface Answer {
  readonly text: string;
  /** It reached its limit without ending. */
  readonly truncated: boolean;
}

/** @returns per question its answers, or what is wrong with it */
export async function answerBatch(
  opened: OpenModel,
  asked: Questions,
  questions: readonly Question[],
  settings: AnswerSettings,
  signal?: AbortSignal,
): Promise<(readonly Answer[] | InputError)[]> {
  const prompts = await asked.prompts(questions, signal);
  const places = prompts.flatMap((prompt, i) => (prompt instanceof InputError ? [] : [i]));
  const usable = places.map((i) => prompts[i] as Prompt);
  const tokens = usable.length === 0 ? [] : await tokensOf(opened, usable, places, questions, settings, signal);
  const { codec, stopTokens } = opened.model.parts;
  const texts = await codec.decode(tokens.flat());
  let at = 0;
  const answers = tokens.map((own) =>
    own.map((each) => ({ text: texts[at++]!, truncated: !stopTokens.includes(each.at(-1)!) })),
  );
  return prompts.map((prompt, i) => (prompt instanceof InputError ? prompt : answers[places.indexOf(i)]!));
}

/** [prompt][sample][token] */
async function tokensOf(
  { model }: OpenModel,
  prompts: readonly Prompt[],
  places: readonly number[],
  questions: readonly Question[],
  { samples, temperature, maxNewTokens, random }: AnswerSettings,
  signal: AbortSignal | undefined,
): Promise<(readonly number[])[][]> {
  if (samples === 1) {
    const answers = await generate(model, prompts, maxNewTokens, signal);
    return answers.map(({ tokens }) => [tokens]);
  }
  const own = (prompt: number, sample: number) => random(questions[places[prompt]!]!, sample);
  const answers = await sampleAnswers(model, prompts, { samples, temperature, maxNewTokens, random: own }, signal);
  return answers.map((each) => each.map(({ tokens }) => tokens));
}
