/** The `attention` step: items in batches, each read by every checkpoint in turn; one row per layer. */
import type { AttentionFacts, AttentionRow } from '../../shared/attentionResults';
import { InputError } from '../../shared/errors';
import type { LeftOut } from '../../shared/evaluateResults';
import { inPieces } from '../../shared/inPieces';
import { sidecarDifferences } from '../checkpoint/sidecarDifferences';
import type { Dataset, DatasetItem } from '../evaluate/dataset';
import { promptText } from '../evaluate/prompts';
import type { AttentionOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { stepSidecars } from '../experiment/stepSidecars';
import { tokensPerRun } from '../model/generate';
import { gridOf, type ImageSize } from '../model/imageProcessor';
import { batchAdvice, decoderBytes, isFloat32, mappedBytes, visionBytes } from '../model/memory';
import type { OpenModel } from '../model/openModel';
import { AttentionAnswers, attentionKey } from './attentionAnswers';
import { summariseAttention } from './attentionSummary';

/** @throws InputError when checkpoints or data set are not what the step says, or none of its items has an image */
export async function planAttention(options: AttentionOptions, context: StepContext): Promise<StepPlan> {
  const names = [...new Set(options.checkpoints)];
  const text = options.text ?? names[0]!; // the file's checks have seen that it is one of them, or own
  const models = new Map<string, OpenModel>();
  for (const name of names) models.set(name, await context.openModel(name));
  const numLayers = sameDepth(models);
  if (text !== 'own') await assertSameTokens(text, models);
  const { limit, seed, category, span, batch, maxNewTokens, prompt } = options;
  const dataset = await context.dataset(options.dataset, { limit, seed, category });
  const sidecars = await stepSidecars(context.experiment, names, context.log);

  const { items, leftOut, sizes } = await withImages(dataset, models);
  if (items.length === 0) {
    const why = leftOut[0] ? `${leftOut[0].id}: ${leftOut[0].problem}` : 'it is empty';
    throw new InputError(`${options.dataset} has no item with an image to look at (${why})`);
  }
  const layers = Array.from({ length: numLayers }, (_, l) => l);
  const facts: AttentionFacts = {
    checkpoints: names,
    span,
    text,
    layers,
    items: items.map(({ id }) => id),
    leftOut: [...dataset.leftOut, ...leftOut],
    dataset: options.dataset,
  };
  const chunks = inPieces(items, batch);
  // All checkpoints read a batch before the next one: the curves grow together, and its answers are written once.
  const batches = chunks.flatMap((chunk) => names.map((name) => ({ name, chunk })));
  const answers = new AttentionAnswers(models, text, options, dataset.imageFolder, context.log);
  const data = [...dataset.files, ...items.map(({ image }) => image!)].map((path) => ({ path, kind: 'data' as const }));
  return {
    version: 1,
    options: { checkpoints: names, span, text, batch, maxNewTokens, prompt, limit, seed, category },
    inputs: [...[...models.values()].flatMap(({ inputs }) => inputs), ...data],
    unit: 'items',
    batches: batches.map(({ name, chunk }) => ({
      units: chunk.length,
      keys: chunk.flatMap(({ id }) => layers.map((layer) => attentionKey(name, id, layer))),
    })),
    facts: { ...facts },
    items: [{ dataset: options.dataset, items }],
    sidecars,
    memory: estimateMemory(models, items, sizes, options),
    runBatch: (index, signal) => answers.rows(batches[index]!.name, batches[index]!.chunk, signal),
    summarise: (rows) => ({ ...summariseAttention(facts, rows as readonly AttentionRow[], true) }),
  };
}

/** @returns how many layers the models have */
function sameDepth(models: ReadonlyMap<string, OpenModel>): number {
  const depths = [...models].map(([name, { model }]) => [name, model.parts.text.numLayers] as const);
  const other = depths.find(([, depth]) => depth !== depths[0]![1]);
  if (other) {
    throw new InputError(`${depths[0]![0]} has ${depths[0]![1]} layers, ${other[0]} has ${other[1]}`, onlyComparable);
  }
  return depths[0]![1];
}

const onlyComparable = 'Attention is compared layer by layer: take checkpoints of one architecture.';

/** Token ids that one checkpoint writes must mean the same to the others. */
async function assertSameTokens(text: string, models: ReadonlyMap<string, OpenModel>): Promise<void> {
  const folderOf = (name: string) => models.get(name)!.checkpoint.directory;
  for (const name of models.keys()) {
    if (folderOf(name) === folderOf(text)) continue;
    const both = [text, name].map((each) => ({ name: each, directory: folderOf(each) }));
    const found = (await sidecarDifferences(both)).find(
      ({ file, severity }) => file === 'tokenizer.json' && severity === 'cannotCombine',
    );
    if (found) {
      throw new InputError(
        `${name} cannot read answers of ${text}: their tokenizers differ (${found.field}). ${found.meaning}`,
        'Set "text: own", then each checkpoint reads its own answers.',
      );
    }
  }
}

/** Items whose image every model can take, as far as its header says. @returns `sizes` in pixels, of `items` */
async function withImages({ items: all, imageFolder }: Dataset, models: ReadonlyMap<string, OpenModel>) {
  const [{ images }] = [...models.values()] as [OpenModel];
  const shown = all.filter(({ image }) => image !== null);
  const read = await images.sizes(
    shown.map(({ image }) => image!),
    imageFolder,
  );
  const sizeOf = new Map(shown.map(({ id }, i) => [id, read[i]!]));
  const items: DatasetItem[] = [];
  const sizes: ImageSize[] = [];
  const leftOut: LeftOut[] = [];
  for (const item of all) {
    const size = sizeOf.get(item.id);
    const problem = size ? problemWith(size, models) : 'it has no image';
    if (problem !== null) leftOut.push({ id: item.id, problem });
    else {
      items.push(item);
      sizes.push(size as ImageSize);
    }
  }
  return { items, leftOut, sizes };
}

function problemWith(size: ImageSize | InputError, models: ReadonlyMap<string, OpenModel>): string | null {
  if (size instanceof Error) return size.message;
  try {
    for (const { preprocessor } of models.values()) gridOf(size, preprocessor);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Tokens of the template around a question, and characters to a token, that the estimate reckons with. */
const templateTokens = 64;
const charactersPerToken = 3;

function estimateMemory(
  models: ReadonlyMap<string, OpenModel>,
  items: readonly DatasetItem[],
  sizes: readonly ImageSize[],
  { batch, maxNewTokens, prompt }: AttentionOptions,
) {
  const texts = items.map((item) => promptText(item, 'image', prompt).length);
  const textTokens = templateTokens + Math.max(...texts) / charactersPerToken;
  const working = (rows: number) =>
    Math.max(
      ...[...models.values()].map(({ model: { parts }, preprocessor }) => {
        const patches = Math.max(
          ...sizes.map((size) => {
            const { height, width } = gridOf(size, preprocessor);
            return height * width;
          }),
        );
        const length = Math.ceil(textTokens + patches / parts.vision.spatialMergeSize ** 2 + maxNewTokens);
        const load = { rows, tokens: Math.min(tokensPerRun, length), prefixes: 0, prefixTokens: 0, pastTokens: length };
        const float32 = isFloat32(parts.weights);
        return visionBytes(parts.vision, patches, float32) + decoderBytes(parts.text, load, float32);
      }),
    );
  const mapped = [...models.values()].reduce((sum, { model }) => sum + mappedBytes(model.parts.weights), 0);
  const now = Math.min(batch, items.length);
  return { mapped, working: working(now), advice: batchAdvice(working(1), 'item'), batch: { now, working } };
}
