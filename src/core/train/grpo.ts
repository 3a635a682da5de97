/**
 * Group relative policy optimisation (Shao et al., arXiv 2402.03300): several answers to each question, each rewarded
 * by whether it is right, and pushed by how much better it is than the others of its group. Log-probabilities are those
 * of the model as it is, whatever temperature the answers were sampled at.
 */
import { describeError, InputError, isCancelled } from '../../shared/errors';
import type { TrainSample } from '../../shared/trainResults';
import type { DatasetItem } from '../evaluate/dataset';
import type { Grader } from '../evaluate/grading/grade';
import type { TrainOptions } from '../experiment/schema';
import { sampleAnswers } from '../model/sample';
import type { VisionLanguageModel } from '../model/visionLanguageModel';
import { namedRandom } from '../statistics/namedRandom';
import type { AnswerScorer, GradientEngine, TrainingSequence } from './gradientEngine';
import { advantagesOf, isIdle, lossOfAnswer, tokenWeight } from './grpoLoss';
import type { TrainPrompt, TrainPrompts } from './trainItems';
import { accumulateInPieces, scoreInPieces, type StepOutcome, type TrainMethod } from './trainMethod';

/** Answers that are sampled at once. */
export const answersAtOnce = 64;

export interface PolicyTools {
  readonly engine: GradientEngine;
  /** Over the weights of the start; null where the divergence from them does not count. */
  readonly reference: AnswerScorer | null;
  /** Over the weights as they are. */
  readonly model: VisionLanguageModel;
  readonly prompts: TrainPrompts;
  readonly grader: Grader;
  /** Sequences that are in memory at once. */
  readonly atOnce: number;
}

type PolicySettings = Pick<
  TrainOptions,
  'groupSize' | 'temperature' | 'maxNewTokens' | 'clip' | 'kl' | 'rule' | 'seed' | 'ppoEpochs' | 'variant'
>;

interface RatedAnswer {
  readonly item: DatasetItem;
  readonly sequence: TrainingSequence;
  readonly text: string;
  readonly reward: number;
  readonly advantage: number;
}

/** The answers that the updates of a step learn from. */
interface Rollouts {
  /** Those with a gradient. */
  readonly counted: readonly RatedAnswer[];
  /** Of `counted`, under the weights of the start. */
  readonly references: readonly Float32Array[] | null;
  /** All answers. */
  readonly answers: number;
  /** What a row says of them, whatever the updates. */
  readonly fields: Omit<StepOutcome['fields'], 'kl' | 'clipped'> | null;
  readonly samples: readonly TrainSample[];
}

/** Sums over the updates of a step so far. */
interface Totals {
  readonly updates: number;
  readonly kl: number;
  /** Share of tokens. */
  readonly clipped: number;
}

export class GroupRelativePolicy implements TrainMethod {
  constructor(
    private readonly tools: PolicyTools,
    private readonly settings: PolicySettings,
  ) {}

  async gradient(items: readonly DatasetItem[], step: number, signal: AbortSignal): Promise<StepOutcome> {
    const { prompts, reference, atOnce } = this.tools;
    const asked = await prompts.read(items);
    const sampled = await this.sample(asked, step, signal).catch(async (error: unknown) => {
      throw isCancelled(error) || !(await this.overflows(asked, signal)) ? error : overflow(step);
    });
    const { answers, idleGroups } = await this.rate(asked, sampled, step);
    // What has no advantage has no gradient, unless its divergence from the start counts.
    const counted = answers.filter(({ advantage }) => advantage !== 0 || reference !== null);
    const sequences = counted.map(({ sequence }) => sequence);
    const references = reference && (await scoreInPieces(reference, sequences, atOnce, signal));
    const mean = (of: (answer: RatedAnswer) => number) =>
      answers.reduce((sum, answer) => sum + of(answer), 0) / answers.length;
    const fields =
      answers.length === 0
        ? null
        : {
            reward: mean(({ reward }) => reward),
            length: mean(({ sequence }) => sequence.answer.length),
            idle: idleGroups / asked.length,
          };
    const rollouts = { counted, references, answers: answers.length, fields, samples: distinct(answers) };
    return this.update(rollouts, null, { updates: 0, kl: 0, clipped: 0 }, signal);
  }

  /** @param old log-probabilities under the weights that sampled; null in the first update, whose weights these are */
  private async update(
    rollouts: Rollouts,
    old: readonly Float32Array[] | null,
    before: Totals,
    signal: AbortSignal,
  ): Promise<StepOutcome> {
    const { counted, references, answers, fields, samples } = rollouts;
    const { ppoEpochs = 1 } = this.settings;
    const found = await this.accumulate(rollouts, old, signal);
    const totals = {
      updates: before.updates + 1,
      kl: before.kl + found.kl / counted.length,
      clipped: before.clipped + found.clipped / Math.max(1, found.tokens),
    };
    const goesOn = counted.length > 0 && totals.updates < ppoEpochs;
    return {
      loss: answers > 0 ? found.loss : NaN,
      hasGradient: counted.length > 0,
      withImages: counted.some(({ sequence }) => sequence.images.length > 0),
      fields: fields
        ? {
            reward: fields.reward,
            ...(references ? { kl: totals.kl / totals.updates } : {}),
            length: fields.length,
            idle: fields.idle,
            ...(ppoEpochs > 1 ? { clipped: totals.clipped / totals.updates } : {}),
          }
        : {},
      samples,
      again: goesOn ? (next) => this.update(rollouts, old ?? found.current, totals, next) : null,
    };
  }

  /** [prompt][answer][token], from softmax(logits / temperature) under the weights as they are. */
  private async sample(asked: readonly TrainPrompt[], step: number, signal: AbortSignal) {
    const { model } = this.tools;
    const { groupSize, temperature, maxNewTokens, seed } = this.settings;
    const sampled: (readonly number[])[][] = [];
    const promptsAtOnce = Math.max(1, Math.floor(answersAtOnce / groupSize));
    for (let from = 0; from < asked.length; from += promptsAtOnce) {
      const piece = asked.slice(from, from + promptsAtOnce);
      const encoded = await model.encodeImages(
        piece.flatMap(({ images }) => images),
        signal,
      );
      let image = 0;
      const prepared = await model.preparePrompts(
        piece.map(({ tokens, images }) => ({ tokens, images: images.map(() => encoded[image++]!) })),
      );
      const random = (prompt: number, answer: number) =>
        namedRandom(seed, ['answer', step, from + prompt, answer].join('\n'));
      const settings = { samples: groupSize, temperature, maxNewTokens, random };
      const answers = await sampleAnswers(model, prepared, settings, signal);
      sampled.push(...answers.map((group) => group.map(({ tokens }) => tokens)));
    }
    return sampled;
  }

  /** Whether the model says nothing about a prompt that is a number. */
  private async overflows(asked: readonly TrainPrompt[], signal: AbortSignal): Promise<boolean> {
    const { engine, atOnce } = this.tools;
    const sequences = asked.map(({ tokens, images }) => ({ prompt: tokens, images, answer: [0] }));
    const scores = await scoreInPieces(engine, sequences, atOnce, signal);
    return scores.some((own) => own.some((value) => !Number.isFinite(value)));
  }

  private async rate(
    asked: readonly TrainPrompt[],
    sampled: readonly (readonly (readonly number[])[])[],
    step: number,
  ) {
    const { model, grader } = this.tools;
    const texts = sampled.length === 0 ? [] : await model.parts.codec.decode(sampled.flat());
    const { groupSize, rule, variant = 'grpo' } = this.settings;
    const requests = texts.map((text, i) => ({ gold: asked[Math.floor(i / groupSize)]!.item, text, rule }));
    const grades = requests.length === 0 ? [] : await grader.grade(requests).catch(unjudged(asked, step));
    const rewards = grades.map(({ correct }) => Number(correct));
    let idleGroups = 0;
    const answers = asked.flatMap(({ item, tokens, images }, group): RatedAnswer[] => {
      const first = group * groupSize;
      const own = rewards.slice(first, first + groupSize);
      if (isIdle(own)) idleGroups++;
      const advantages = advantagesOf(own, variant);
      return sampled[group]!.map((answer, i) => ({
        item,
        sequence: { prompt: tokens, images, answer },
        text: texts[first + i]!,
        reward: own[i]!,
        advantage: advantages[i]!,
      }));
    });
    return { answers, idleGroups };
  }

  /** Adds the gradient of the loss over all answers, to what each counts in it. */
  private async accumulate(
    { counted, references, answers }: Rollouts,
    old: readonly Float32Array[] | null,
    signal: AbortSignal,
  ) {
    const { variant = 'grpo', clip, kl, maxNewTokens } = this.settings;
    const totals = { loss: 0, kl: 0, clipped: 0, tokens: 0 };
    const current: Float32Array[] = [];
    const coefficientsOf = (place: number, own: Float32Array) => {
      const { advantage } = counted[place]!;
      const weight = tokenWeight(variant, answers, own.length, maxNewTokens);
      const reference = references?.[place] ?? null;
      const answer = { advantage, weight, current: own, old: old?.[place] ?? own, reference };
      const found = lossOfAnswer(answer, { variant, clip, kl });
      totals.loss += found.loss;
      totals.kl += found.kl;
      totals.clipped += found.clipped;
      totals.tokens += own.length;
      current[place] = own;
      return found.coefficients;
    };
    const sequences = counted.map(({ sequence }) => sequence);
    await accumulateInPieces(this.tools.engine, sequences, this.tools.atOnce, coefficientsOf, signal);
    return { ...totals, current };
  }
}

function overflow(step: number): InputError {
  return new InputError(
    `step ${step}: the weights have grown until the model computes no numbers any more`,
    'Lower learningRate or set maxGradientNorm.',
  );
}

/** Says whose answers they were; the run goes on from the last saved state. */
function unjudged(asked: readonly TrainPrompt[], step: number): (cause: unknown) => never {
  return (cause) => {
    if (isCancelled(cause)) throw cause;
    const ids = asked.map(({ item }) => item.id).join(', ');
    throw new Error(`step ${step}: the answers to ${ids} could not be judged: ${describeError(cause)}`, { cause });
  };
}

/** Answers that differ, those to different questions first. */
function distinct(answers: readonly RatedAnswer[]): TrainSample[] {
  const groups = new Map<string, Map<string, TrainSample>>();
  for (const { item, text, reward } of answers) {
    const group = groups.get(item.id) ?? new Map<string, TrainSample>();
    groups.set(item.id, group.set(text, { id: item.id, text, reward }));
  }
  const lists = [...groups.values()].map((group) => [...group.values()]);
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}
