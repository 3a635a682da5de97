/** Training sequences as the language model takes them: tokens in their places, padded into batches. */
import { InputError } from '../../shared/errors';
import type { RunnableSizes } from '../checkpoint/families';
import { blankMask, plainMask, writeMask } from '../model/attentionMask';
import { promptPositions, RotaryTables, textPositions, type Positions } from '../model/positions';
import { expandImages } from '../model/prompt';
import type { Tensor } from '../ports';
import type { Feeds } from './chain';
import type { TrainingSequence } from './gradientEngine';

/** A sequence with an answer, its image placeholders expanded. */
export interface PlacedSequence {
  readonly prompt: readonly number[];
  /** Its positions and, after them, those of the answer. */
  readonly positions: readonly [Positions, Positions];
  /** Tokens that are fed: the last of the answer is only predicted. */
  readonly tokens: readonly number[];
  /** Of `tokens`, those in whose place the images' features stand, in order. */
  readonly imageRows: readonly number[];
  readonly sequence: TrainingSequence;
  /** Its place in the call. */
  readonly index: number;
}

/** Sequences of similar length, padded at their end to the longest. */
export interface SequenceBatch {
  readonly sequences: readonly PlacedSequence[];
  readonly longest: number;
  /** `cos`, `sin` and `mask` of the decoder's stages. */
  readonly feeds: Feeds;
  /** Rows of batch·longest after which answer tokens follow, sequence after sequence, and those tokens. */
  readonly answerRows: readonly number[];
  readonly targets: readonly number[];
}

/** @throws InputError when a token is not in the vocabulary, or images and placeholders do not match */
export function placeSequence(
  sequence: TrainingSequence,
  index: number,
  { text, vision, imageToken }: RunnableSizes,
): PlacedSequence {
  const { images, answer } = sequence;
  const merge = vision.spatialMergeSize;
  const grids = images.map(({ grid }) => grid);
  const cells = grids.map(({ height, width }) => (height * width) / (merge * merge));
  const prompt = expandImages(sequence.prompt, imageToken, cells);
  for (const token of [...prompt, ...answer]) {
    if (!(token >= 0 && token < text.vocabularySize)) {
      throw new InputError(`token ${token} is not among the model's ${text.vocabularySize}`);
    }
  }
  const before = promptPositions(prompt, grids, imageToken, merge);
  return {
    prompt,
    positions: [before, textPositions(before.next, answer.length)],
    tokens: [...prompt, ...answer.slice(0, -1)],
    imageRows: prompt.flatMap((token, row) => (token === imageToken ? [row] : [])),
    sequence,
    index,
  };
}

/**
 * Groups sequences that have an answer by length, so that little is padded.
 * @param mostRows of a batch, padding included, where it has more than one sequence
 */
export function batchSequences(
  sequences: readonly PlacedSequence[],
  tables: RotaryTables,
  mostRows: number,
): SequenceBatch[] {
  const sorted = sequences
    .filter(({ sequence }) => sequence.answer.length > 0)
    .sort((a, b) => a.tokens.length - b.tokens.length);
  const groups: PlacedSequence[][] = [];
  for (const sequence of sorted) {
    const group = groups.at(-1);
    if (group && (group.length + 1) * sequence.tokens.length <= mostRows) group.push(sequence);
    else groups.push([sequence]);
  }
  return groups.map((group) => makeBatch(group, tables));
}

function makeBatch(sequences: readonly PlacedSequence[], tables: RotaryTables): SequenceBatch {
  const longest = sequences.at(-1)!.tokens.length;
  const answers = sequences.map(({ prompt, sequence }, s) =>
    sequence.answer.map((target, i) => ({ target, row: s * longest + prompt.length - 1 + i })),
  );
  return {
    sequences,
    longest,
    feeds: { ...rotaryFeeds(sequences, longest, tables), mask: causalMask(longest) },
    answerRows: answers.flat().map(({ row }) => row),
    targets: answers.flat().map(({ target }) => target),
  };
}

function rotaryFeeds(sequences: readonly PlacedSequence[], longest: number, tables: RotaryTables): Feeds {
  const { half } = tables;
  const shape = [sequences.length, longest, half];
  const cos = new Float32Array(sequences.length * longest * half);
  const sin = new Float32Array(cos.length);
  sequences.forEach(({ prompt, positions: [before, after], tokens }, s) => {
    for (let token = 0; token < tokens.length; token++) {
      const at = (s * longest + token) * half;
      const own = token - prompt.length;
      if (own < 0) tables.write(before, token, cos, sin, at);
      else tables.write(after, own, cos, sin, at);
    }
  });
  return { cos: { type: 'float32', shape, data: cos }, sin: { type: 'float32', shape, data: sin } };
}

function causalMask(positions: number): Tensor {
  const data = blankMask(positions * positions);
  writeMask(data, 0, plainMask(0), positions, 0, { prefix: 0, past: 0, positions });
  return { type: 'float32', shape: [1, 1, positions, positions], data };
}
