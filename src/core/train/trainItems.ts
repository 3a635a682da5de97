/** The items that a train step learns from, and how they are put to the model. */
import { InputError } from '../../shared/errors';
import type { LeftOut } from '../../shared/evaluateResults';
import type { Dataset, DatasetItem } from '../evaluate/dataset';
import { promptText, type PromptStyle } from '../evaluate/prompts';
import type { TrainOptions } from '../experiment/schema';
import type { StepContext } from '../experiment/step';
import { gridOf, type ImageSize, type PreprocessorSettings, type ProcessedImage } from '../model/imageProcessor';
import type { OpenModel } from '../model/openModel';
import type { Log } from '../ports';

export interface TrainItems {
  readonly items: readonly DatasetItem[];
  readonly leftOut: readonly LeftOut[];
  /** Patches of the largest image; 0 without images. */
  readonly patches: number;
}

/**
 * The items that can be learnt from: their images can be read and, where answers are to be judged, their right answer
 * can be compared with something.
 * @throws InputError when there are none
 */
export async function chooseTrainItems(
  dataset: Dataset,
  { images, preprocessor }: OpenModel,
  { method, dataset: given }: Pick<TrainOptions, 'method' | 'dataset'>,
  { grader, log }: Pick<StepContext, 'grader' | 'log'>,
): Promise<TrainItems> {
  const leftOut: LeftOut[] = [...dataset.leftOut];
  const problems = method === 'grpo' ? await grader.problems(dataset.items) : [];
  const paths = [...new Set(dataset.items.flatMap(({ image }) => (image === null ? [] : [image])))];
  const found = await images.sizes(paths, dataset.imageFolder);
  const grids = new Map(paths.map((path, i) => [path, gridOrProblem(found[i]!, preprocessor)]));
  const items = dataset.items.filter(({ id, image, answer }, i) => {
    const grid = image === null ? 0 : grids.get(image)!;
    const empty = answer.trim() === '' ? 'its answer is empty' : null;
    const problem = problems[i] ?? empty ?? (grid instanceof InputError ? grid.message : null);
    if (problem !== null) leftOut.push({ id, problem });
    return problem === null;
  });
  for (const { id, problem } of leftOut) log.warn(`${id} is left out: ${problem}`);
  if (items.length === 0) {
    const [first] = leftOut;
    throw new InputError(`${given} has no item that can be learnt from`, first && `${first.id}: ${first.problem}.`);
  }
  const patches = Math.max(0, ...[...grids.values()].filter((grid) => typeof grid === 'number'));
  return { items, leftOut, patches };
}

/** Patches of an image, or what is wrong with it. */
function gridOrProblem(size: ImageSize | InputError, preprocessor: PreprocessorSettings): number | InputError {
  if (size instanceof InputError) return size;
  try {
    const { width, height } = gridOf(size, preprocessor);
    return width * height;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error;
  }
}

/** What an item's answer is to be after supervised fine-tuning, without the token that closes it. */
export function targetText({ answer, reasoning }: DatasetItem): string {
  return reasoning === null ? answer : `<think>${reasoning}</think><answer>${answer}</answer>`;
}

/** An item as the model is asked. */
export interface TrainPrompt {
  readonly item: DatasetItem;
  /** One placeholder token per image. */
  readonly tokens: readonly number[];
  readonly images: readonly ProcessedImage[];
}

/** Puts items to one model. */
export class TrainPrompts {
  private readonly warned = new Set<string>();

  /** @param imageFolder images outside it are refused */
  constructor(
    private readonly opened: OpenModel,
    private readonly style: PromptStyle,
    private readonly imageFolder: string,
    private readonly log: Log,
  ) {}

  /** In the order of the items; those whose image turns out to be broken are left out, and that is said once. */
  async read(items: readonly DatasetItem[]): Promise<TrainPrompt[]> {
    const { images, preprocessor, model } = this.opened;
    const paths = [...new Set(items.flatMap(({ image }) => (image === null ? [] : [image])))];
    const processed = paths.length === 0 ? [] : await images.process(paths, preprocessor, this.imageFolder);
    const imageAt = new Map(paths.map((path, i) => [path, processed[i]!]));
    const usable = items.flatMap((item) => {
      const image = item.image === null ? null : imageAt.get(item.image)!;
      if (image instanceof InputError) {
        this.warn(item, image);
        return [];
      }
      return [{ item, images: image ? [image] : [] }];
    });
    const messages = usable.map(({ item, images: own }) => {
      return { images: own.length, text: promptText(item, own.length > 0 ? 'image' : 'text', this.style) };
    });
    const tokens = messages.length === 0 ? [] : await model.parts.codec.encode(messages);
    return usable.map((each, i) => ({ ...each, tokens: tokens[i]! }));
  }

  private warn({ id }: DatasetItem, { message }: InputError): void {
    if (!this.warned.has(id)) this.log.warn(`${id} is left out: ${message}`);
    this.warned.add(id);
  }
}
