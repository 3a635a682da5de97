/** From items of a data set to the attention of answers' tokens on their images, checkpoint by checkpoint. */
import type { AttentionRow } from '../../shared/attentionResults';
import { InputError } from '../../shared/errors';
import type { DatasetItem } from '../evaluate/dataset';
import { Questions } from '../evaluate/questions';
import type { AttentionOptions } from '../experiment/schema';
import { generate } from '../model/generate';
import type { OpenModel } from '../model/openModel';
import { readAnswer, receivedAttention } from '../model/receivedAttention';
import type { Prompt } from '../model/visionLanguageModel';
import type { Log } from '../ports';
import { measureAttention } from './attentionMeasure';
import { findSpan, type TokenSpan } from './attentionSpan';

/** An answer's tokens without the stop token, and those of them whose attention counts. */
interface Answer {
  readonly tokens: readonly number[];
  /** Null where there are none. */
  readonly span: TokenSpan | null;
}

/** Per item its answer, or why it was not asked. */
type Answers = readonly (Answer | InputError)[];

/** Prompts of a batch of items, or what is wrong with an item's image. */
type Prompts = readonly (Prompt | InputError)[];

export class AttentionAnswers {
  private readonly questions: ReadonlyMap<string, Questions>;
  /** The answers that checkpoint after checkpoint reads. */
  private shared: { readonly items: readonly DatasetItem[]; readonly answers: Answers } | null = null;

  /**
   * @param models by name
   * @param text whose answers all read; "own": each its own
   */
  constructor(
    private readonly models: ReadonlyMap<string, OpenModel>,
    private readonly text: string,
    private readonly options: Pick<AttentionOptions, 'span' | 'prompt' | 'maxNewTokens'>,
    imageFolder: string,
    private readonly log: Log,
  ) {
    const askers = [...models].map(([name, opened]) => {
      return [name, new Questions(opened, options.prompt, imageFolder)] as const;
    });
    this.questions = new Map(askers);
  }

  /** One checkpoint reads the items' answers as one batch. @returns a row per layer of every item that can be used */
  async rows(name: string, items: readonly DatasetItem[], signal: AbortSignal): Promise<AttentionRow[]> {
    const { model } = this.models.get(name)!;
    const prompts = await this.prompts(name, items, signal);
    const answers = await this.answers(name, items, prompts, signal);
    const read = items.flatMap((item, i) => {
      const usable = this.usable(name, prompts[i]!, answers[i]!);
      if (typeof usable !== 'string') return [{ item, ...usable }];
      this.log.warn(`${name}/${item.id} is left out: ${usable}`);
      return [];
    });
    if (read.length === 0) return [];
    const embedded = await model.embed(read.map(({ tokens }) => tokens));
    const inputs = read.map(({ prompt, tokens, span }, i) =>
      readAnswer(prompt, embedded[i]!, evenWeights(tokens.length, span)),
    );
    const received = await receivedAttention(await model.decoder('received'), inputs, signal);
    return read.flatMap(({ item: { id }, prompt, span }, i) =>
      received[i]!.map((layer, l) => ({
        key: attentionKey(name, id, l),
        checkpoint: name,
        id,
        layer: l,
        ...measureAttention(layer, prompt.imageTokens),
        tokens: span.to - span.from,
        grids: prompt.grids,
      })),
    );
  }

  private prompts(name: string, items: readonly DatasetItem[], signal: AbortSignal): Promise<Prompts> {
    const asked = items.map((item) => ({ item, setting: 'image' as const }));
    return this.questions.get(name)!.prompts(asked, signal);
  }

  /** The answers that `name` reads; a text of all is written once for the checkpoints that read it in turn. */
  private async answers(
    name: string,
    items: readonly DatasetItem[],
    own: Prompts,
    signal: AbortSignal,
  ): Promise<Answers> {
    if (this.text === 'own') return this.write(name, own, signal);
    if (this.shared?.items !== items) {
      const prompts = name === this.text ? own : await this.prompts(this.text, items, signal);
      this.shared = { items, answers: await this.write(this.text, prompts, signal) };
    }
    return this.shared.answers;
  }

  private async write(name: string, prompts: Prompts, signal: AbortSignal): Promise<Answers> {
    const { model } = this.models.get(name)!;
    const { codec, stopTokens } = model.parts;
    const asked = prompts.filter((prompt): prompt is Prompt => !(prompt instanceof InputError));
    if (asked.length === 0) return prompts as readonly InputError[];
    const generated = await generate(model, asked, this.options.maxNewTokens, signal);
    const decode = async (tokens: readonly number[]) => (await codec.decode([tokens]))[0]!;
    const answers = await Promise.all(
      generated.map(async ({ tokens: all }) => {
        const tokens = stopTokens.includes(all.at(-1)!) ? all.slice(0, -1) : all;
        return { tokens, span: await findSpan(tokens, this.options.span, decode) };
      }),
    );
    let place = 0;
    return prompts.map((prompt) => (prompt instanceof InputError ? prompt : answers[place++]!));
  }

  /** @returns why not, where it cannot be used */
  private usable(name: string, prompt: Prompt | InputError, answer: Answer | InputError) {
    if (prompt instanceof InputError) return prompt.message;
    if (answer instanceof InputError) return answer.message;
    const { tokens, span } = answer;
    if (tokens.length === 0) return 'its answer is empty';
    if (!span) return `its answer has nothing inside <${this.options.span}>`;
    const known = this.models.get(name)!.model.parts.text.vocabularySize;
    if (tokens.some((token) => token >= known)) return `its answer has tokens that ${name} does not have`;
    return { prompt, tokens, span };
  }
}

export function attentionKey(checkpoint: string, id: string, layer: number): string {
  return `${checkpoint}/${id}/${layer}`;
}

/** 1/|R| for the tokens of the span R, 0 for the others. */
function evenWeights(count: number, { from, to }: TokenSpan): Float32Array {
  return new Float32Array(count).fill(1 / (to - from), from, to);
}
