/**
 * Group relative policy optimisation (Shao et al., arXiv 2402.03300): several answers to each question, each rewarded
 * by whether it is right, and pushed by how much better it is than the others of its group. Log-probabilities are those
 * of the model as it is, whatever temperature the answers were sampled at.
 */
import type { TrainSample } from '../../shared/trainResults';
import type { DatasetItem } from '../evaluate/dataset';
import type { Grader } from '../evaluate/grading/grade';
import type { TrainOptions } from '../experiment/schema';
import { sampleAnswers } from '../model/sample';
import type { VisionLanguageModel } from '../model/visionLanguageModel';
import { namedRandom } from '../statistics/namedRandom';
import type { GradientEngine, TrainingSequence } from './gradientEngine';
import { advantagesOf, isIdle, lossOfAnswer } from './grpoLoss';
import type { TrainPrompt, TrainPrompts } from './trainItems';
import { accumulateInPieces, scoreInPieces, type StepOutcome, type TrainMethod } from './trainMethod';

/** Answers that are sampled at once. */
export const answersAtOnce = 64;

export interface PolicyTools {
  readonly engine: GradientEngine;
  /** Over the weights of the start; null where the divergence from them does not count. */
  readonly reference: GradientEngine | null;
  /** Over the weights as they are. */
  readonly model: VisionLanguageModel;
  readonly prompts: TrainPrompts;
  readonly grader: Grader;
  /** Sequences that are in memory at once. */
  readonly atOnce: number;
}

type PolicySettings = Pick<
  TrainOptions,
  'groupSize' | 'temperature' | 'maxNewTokens' | 'clip' | 'kl' | 'rule' | 'seed'
>;

interface RatedAnswer {
  readonly item: DatasetItem;
  readonly sequence: TrainingSequence;
  readonly text: string;
  readonly reward: number;
  readonly advantage: number;
}

export class GroupRelativePolicy implements TrainMethod {
  constructor(
    private readonly tools: PolicyTools,
    private readonly settings: PolicySettings,
  ) {}

  async gradient(items: readonly DatasetItem[], step: number, signal: AbortSignal): Promise<StepOutcome> {
    const { prompts, reference, atOnce } = this.tools;
    const asked = await prompts.read(items);
    const { answers, idleGroups } = await this.rate(asked, await this.sample(asked, step, signal));
    // What has no advantage has no gradient, unless its divergence from the start counts.
    const counted = answers.filter(({ advantage }) => advantage !== 0 || reference !== null);
    const sequences = counted.map(({ sequence }) => sequence);
    const references = reference && (await scoreInPieces(reference, sequences, atOnce, signal));
    const totals = await this.accumulate(counted, answers.length, references, signal);
    const mean = (of: (answer: RatedAnswer) => number) =>
      answers.reduce((sum, answer) => sum + of(answer), 0) / answers.length;
    return {
      loss: answers.length > 0 ? totals.loss : NaN,
      hasGradient: counted.length > 0,
      withImages: sequences.some(({ images }) => images.length > 0),
      fields:
        answers.length === 0
          ? {}
          : {
              reward: mean(({ reward }) => reward),
              ...(reference ? { kl: totals.kl / counted.length } : {}),
              length: mean(({ sequence }) => sequence.answer.length),
              idle: idleGroups / asked.length,
            },
      samples: distinct(answers),
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

  private async rate(asked: readonly TrainPrompt[], sampled: readonly (readonly (readonly number[])[])[]) {
    const { model, grader } = this.tools;
    const texts = sampled.length === 0 ? [] : await model.parts.codec.decode(sampled.flat());
    const { groupSize, rule } = this.settings;
    const requests = texts.map((text, i) => ({ gold: asked[Math.floor(i / groupSize)]!.item, text, rule }));
    const grades = requests.length === 0 ? [] : await grader.grade(requests);
    const rewards = grades.map(({ correct }) => Number(correct));
    let idleGroups = 0;
    const answers = asked.flatMap(({ item, tokens, images }, group): RatedAnswer[] => {
      const first = group * groupSize;
      const own = rewards.slice(first, first + groupSize);
      if (isIdle(own)) idleGroups++;
      const advantages = advantagesOf(own);
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

  /**
   * Each answer counts the same, however long: 1 / (answers · its tokens) per token. There is one update per batch of
   * answers, so that the weights that sampled are those that are updated, and the old log-probabilities are the current
   * ones (verl does the same on policy).
   */
  private async accumulate(
    counted: readonly RatedAnswer[],
    answers: number,
    references: readonly Float32Array[] | null,
    signal: AbortSignal,
  ): Promise<{ loss: number; kl: number }> {
    const totals = { loss: 0, kl: 0 };
    const sequences = counted.map(({ sequence }) => sequence);
    const coefficientsOf = (place: number, current: Float32Array) => {
      const { advantage } = counted[place]!;
      const weight = 1 / (answers * current.length);
      const answer = { advantage, weight, current, old: current, reference: references?.[place] ?? null };
      const { loss, kl, coefficients } = lossOfAnswer(answer, this.settings);
      totals.loss += loss;
      totals.kl += kl;
      return coefficients;
    };
    await accumulateInPieces(this.tools.engine, sequences, this.tools.atOnce, coefficientsOf, signal);
    return totals;
  }
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
