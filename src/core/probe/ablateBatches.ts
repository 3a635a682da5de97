/** Runs the batches of an `ablate` step. Consecutive ones are of the same items, and share what they can. */
import { InputError } from '../../shared/errors';
import type { AblatedPart, AblateRow } from '../../shared/ablateResults';
import type { DatasetItem } from '../evaluate/dataset';
import type { Questions, Question } from '../evaluate/questions';
import type { AblateOptions } from '../experiment/schema';
import type { StepContext } from '../experiment/step';
import type { OpenModel } from '../model/openModel';
import type { Prompt } from '../model/visionLanguageModel';
import { LayerSweep, type SweepSettings } from './ablate';
import type { Ablated, Read } from './ablateAnswer';

/** A layer made identity; null is the whole model. */
export type Variant = { readonly part: AblatedPart; readonly layer: number } | null;

/** Layers whose answers are generated together: more fill the decoder's batch better, and take longer before a row. */
export const variantsAtOnce = 4;

/** Items that go through the decoder together, with some variants one after the other. */
export interface AblateBatch {
  readonly chunk: readonly DatasetItem[];
  readonly variants: readonly Variant[];
}

/** The items that take part: a layer of the vision tower is nothing to a question without an image. */
export function itemsAt(variant: Variant, items: readonly DatasetItem[]): readonly DatasetItem[] {
  return variant?.part === 'vision' ? items.filter(({ image }) => image !== null) : items;
}

export function rowKey(id: string, variant: Variant): string {
  return variant === null ? `${id}/baseline` : `${id}/${variant.part}/${variant.layer}`;
}

/** The chunk at hand. */
interface Work {
  readonly chunk: readonly DatasetItem[];
  /** Those that can be asked: their images can be read. */
  readonly items: readonly DatasetItem[];
  readonly sweep: LayerSweep;
}

export class AblateBatches {
  private work: Work | undefined;
  private readonly settings: SweepSettings;

  constructor(
    private readonly opened: OpenModel,
    private readonly asked: Questions,
    private readonly options: AblateOptions,
    private readonly context: StepContext,
  ) {
    const { scoring, batch, maxNewTokens } = options;
    this.settings = { batch, maxNewTokens: scoring === 'likelihood' ? 0 : maxNewTokens };
  }

  async run(batch: AblateBatch, signal: AbortSignal): Promise<AblateRow[]> {
    if (this.work?.chunk !== batch.chunk) {
      await this.work?.sweep.free();
      this.work = undefined; // its memory first
      this.work = await this.start(batch.chunk, signal);
    }
    const { work } = this;
    const { sweep } = work;
    if (work.items.length === 0) return [];
    const variants = batch.variants.filter((variant) => itemsAt(variant, work.items).length > 0);
    const ablated = variants.filter((variant) => variant !== null);
    const baseline = variants.includes(null) ? await this.rows(work.items, null, await sweep.baseline(signal)) : [];
    const reads: Read[] = [];
    for (const variant of ablated) reads.push(await this.read(work, variant, signal));
    const answers = await sweep.finish(reads, signal);
    const rows: AblateRow[] = [...baseline];
    for (const [v, variant] of ablated.entries()) {
      rows.push(...(await this.rows(itemsAt(variant, work.items), variant, answers[v]!)));
    }
    return rows;
  }

  private async start(chunk: readonly DatasetItem[], signal: AbortSignal): Promise<Work> {
    const { options, opened, asked, context } = this;
    const prompts = await asked.prompts(chunk.map(questionOf), signal);
    const items = chunk.filter((item, i) => {
      const prompt = prompts[i]!;
      if (prompt instanceof InputError) context.log.warn(`${item.id} is left out: ${prompt.message}`);
      return !(prompt instanceof InputError);
    });
    const answers = options.scoring === 'generate' ? items.map(() => []) : await this.rightAnswers(items);
    const whole = prompts.filter((prompt): prompt is Prompt => !(prompt instanceof InputError));
    const questions = whole.map((prompt, i) => ({ prompt, answer: answers[i]!, draft: [] }));
    return { chunk, items, sweep: new LayerSweep(opened.model, questions, this.settings) };
  }

  /** As the model would have to write them: the text and its end. Tokens. */
  private async rightAnswers(items: readonly DatasetItem[]): Promise<number[][]> {
    const { codec, stopTokens } = this.opened.model.parts;
    const texts = await codec.tokenize(items.map(({ answer }) => answer));
    return texts.map((tokens) => [...tokens, ...stopTokens.slice(0, 1)]);
  }

  private async read(
    { items, sweep }: Work,
    { part, layer }: NonNullable<Variant>,
    signal: AbortSignal,
  ): Promise<Read> {
    if (part === 'languageModel') return sweep.ablate(layer, signal);
    const drafted = (await sweep.drafted(signal)).filter((_, i) => items[i]!.image !== null);
    const shown = items.filter(({ image }) => image !== null);
    const prompts = await this.asked.prompts(shown.map(questionOf), signal, layer);
    const sequences = prompts.map((prompt, i) => {
      if (prompt instanceof InputError) throw prompt; // it could be read a moment ago
      return { ...drafted[i]!, prompt };
    });
    return sweep.readWhole(sequences, signal);
  }

  private async rows(
    items: readonly DatasetItem[],
    variant: Variant,
    answers: readonly Ablated[],
  ): Promise<AblateRow[]> {
    const { codec, stopTokens } = this.opened.model.parts;
    const generated = answers.flatMap((answer) => (answer.generated ? [answer.generated.tokens] : []));
    const texts = generated.length > 0 ? await codec.decode(generated) : null;
    const { rule } = this.options;
    const grades =
      texts && (await this.context.grader.grade(items.map((gold, i) => ({ gold, text: texts[i]!, rule }))));
    return items.map(({ id }, i) => ({
      key: rowKey(id, variant),
      id,
      part: variant?.part ?? null,
      layer: variant?.layer ?? null,
      text: texts?.[i] ?? null,
      extracted: grades?.[i]!.extracted ?? null,
      correct: grades?.[i]!.correct ?? null,
      ...(generated[i] && !stopTokens.includes(generated[i].at(-1)!) ? { truncated: true as const } : {}),
      logLikelihood: answers[i]!.logLikelihood,
    }));
  }
}

function questionOf(item: DatasetItem): Question {
  return { item, setting: item.image === null ? 'text' : 'image' };
}
