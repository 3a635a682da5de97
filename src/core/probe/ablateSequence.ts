/** What one question feeds a decoder in a sweep over its layers, and what comes out of it. */
import type { Fork } from '../model/attentionMask';
import type { RowInput } from '../model/decoderFeeds';
import type { Top2 } from '../model/decoderRun';
import type { Piece } from '../model/feedPieces';
import { take, type Generated } from '../model/generate';
import { logProbability } from '../model/logProbability';
import { slicePositions, textPositions, type Positions } from '../model/positions';
import type { Prompt, VisionLanguageModel } from '../model/visionLanguageModel';

/**
 * A prompt, a draft of what the model may say and the right answer, fed one after another: draft and answer both go on
 * where the prompt ends and do not see each other.
 */
export interface Sequence {
  readonly prompt: Prompt;
  /** The model's answer is compared with it token by token. */
  readonly draft: readonly number[];
  /** The right answer, whose likelihood is measured; its last token is not fed. */
  readonly answer: readonly number[];
}

/**
 * How many tokens all prompts begin with: the template's, read once for all. No image is among them, each prompt keeps
 * a token of its own, and a single prompt has nothing to share.
 */
export function stemLength(sequences: readonly Sequence[]): number {
  const prompts = sequences.map(({ prompt }) => prompt);
  const [first, ...others] = prompts;
  if (!first || others.length === 0) return 0;
  const limit = Math.min(
    ...prompts.map(({ tokens, imageStart, imageEnd }) => (imageEnd > 0 ? imageStart : tokens.length - 1)),
  );
  let length = 0;
  while (length < limit && others.every(({ tokens }) => tokens[length] === first.tokens[length])) length++;
  return length;
}

/** The first `stem` tokens of a prompt, to be fed. */
export function stemRow({ prompt }: Sequence, stem: number, width: number): RowInput {
  return { embedded: prompt.embedded.subarray(0, stem * width), positions: slicePositions(prompt.positions, 0, stem) };
}

/** Embeddings and positions of everything that each sequence feeds after the stem. */
export async function sequenceRows(
  model: VisionLanguageModel,
  sequences: readonly Sequence[],
  stem: number,
): Promise<RowInput[]> {
  const fed = sequences.map(({ draft, answer }) => [...draft, ...answer.slice(0, -1)]);
  const embedded = fed.some(({ length }) => length > 0) ? await model.embed(fed) : [];
  const start = stem * model.parts.text.hiddenSize;
  return sequences.map(({ prompt, draft, answer }, i) => ({
    embedded: joinFloats(prompt.embedded.subarray(start), embedded[i] ?? new Float32Array(0)),
    positions: continued(slicePositions(prompt.positions, stem, prompt.tokens.length), [
      draft.length,
      Math.max(0, answer.length - 1),
    ]),
  }));
}

/** Of the tokens after the stem. */
export function forkOf({ prompt, draft }: Sequence, stem: number): Fork {
  const first = prompt.tokens.length - stem;
  return { first, second: first + draft.length };
}

/** Of the tokens after the stem those after which the next one is wanted: the prompt's last, the draft's, the answer's. */
export function wantedTokens({ prompt, draft, answer }: Sequence, stem: number): number[] {
  const count = 1 + draft.length + Math.max(0, answer.length - 1);
  return Array.from({ length: count }, (_, i) => prompt.tokens.length - stem - 1 + i);
}

/** Collects what a decoder says of a sequence. */
export class SequenceReading {
  /** What the model says after the prompt and after each token of the draft. */
  private readonly candidates: Top2[] = [];
  private sum = 0;
  /** Wanted tokens so far. */
  private place = 0;

  constructor(private readonly sequence: Sequence) {}

  /** Takes the wanted tokens in turn. @param line of the piece's wanted tokens */
  add(piece: Piece, line: number): void {
    const { draft, answer } = this.sequence;
    const place = this.place++;
    if (place <= draft.length) this.candidates.push(piece.top[line]!);
    const next = place === 0 ? answer[0] : place > draft.length ? answer[place - draft.length] : undefined;
    if (next === undefined) return;
    const { data, shape } = piece.outputs.logits!;
    this.sum += logProbability(data as Float32Array, line, shape[1]!, next);
  }

  /** Of the right answer, natural logarithm; null where there is none. */
  get logLikelihood(): number | null {
    return this.sequence.answer.length > 0 ? this.sum : null;
  }

  /** The answer as far as it is the draft's, and the candidates for what follows. */
  begin(): { begun: Generated; first: Top2 } {
    const begun = { tokens: [], smallestLead: Infinity };
    const { draft } = this.sequence;
    const agrees = (at: number) => at < draft.length && this.candidates[at]!.tokens[0] === draft[at];
    let at = 0;
    while (agrees(at)) take(begun, this.candidates[at++]!);
    return { begun, first: this.candidates[at]! };
  }
}

function joinFloats(a: Float32Array, b: Float32Array): Float32Array {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** `positions` and those of texts that all begin where they end. */
function continued({ axes, next }: Positions, lengths: readonly number[]): Positions {
  const texts = lengths.map((length) => textPositions(next, length));
  const joined = axes.map((axis, i) => Int32Array.from([...axis, ...texts.flatMap((text) => [...text.axes[i]!])]));
  return { axes: joined as never, next };
}
