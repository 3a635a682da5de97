/** The `ablate` step: items in batches, each answered by the whole model and with one layer after the other off. */
import { InputError } from '../../shared/errors';
import type { AblateFacts, AblateRow } from '../../shared/ablateResults';
import type { LeftOut } from '../../shared/evaluateResults';
import { inPieces } from '../../shared/inPieces';
import type { Dataset, DatasetItem } from '../evaluate/dataset';
import { Questions } from '../evaluate/questions';
import { resolveLayers } from '../experiment/layers';
import type { AblateOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { stepSidecars } from '../experiment/stepSidecars';
import type { ImageSize } from '../model/imageProcessor';
import type { OpenModel } from '../model/openModel';
import { AblateBatches, itemsAt, rowKey, variantsAtOnce, type AblateBatch, type Variant } from './ablateBatches';
import { ablateMemory } from './ablateMemory';
import { summariseAblate } from './ablateSummary';

/** Characters of a right answer whose likelihood is measured, at most. */
const longestAnswer = 2000;

/** @throws InputError when data set, layers or checkpoint are not what the step says */
export async function planAblate(options: AblateOptions, context: StepContext): Promise<StepPlan> {
  const { scoring, limit, seed, category, rule, prompt, batch, maxNewTokens } = options;
  const opened = await context.openModel(options.checkpoint);
  const sidecars = await stepSidecars(context.experiment, [options.checkpoint], context.log);
  const dataset = await context.dataset(options.dataset, { limit, seed, category });
  const { items, leftOut, sizes } = await chooseItems(dataset, opened, options, context);
  const layers = layersOf(options, opened, items);
  const chunks = inPieces(items, batch);
  const groups = [[null], ...inPieces<Variant>(layers, variantsAtOnce)];
  const batches = chunks
    .flatMap((chunk) => groups.map((variants): AblateBatch => ({ chunk, variants })))
    .filter(({ chunk, variants }) => variants.some((variant) => itemsAt(variant, chunk).length > 0));
  const facts: AblateFacts = {
    checkpoint: options.checkpoint,
    scoring,
    layers,
    items: items.map(({ id }) => id),
    leftOut,
    dataset: options.dataset,
  };
  const images = items.flatMap(({ image }) => (image === null ? [] : [image]));
  const runner = new AblateBatches(opened, new Questions(opened, prompt, dataset.imageFolder), options, context);
  return {
    version: 1,
    options: { ...facts, rule, prompt, batch, maxNewTokens, limit, ...(seed === undefined ? {} : { seed }), category },
    inputs: [...opened.inputs, ...[...dataset.files, ...images].map((path) => ({ path, kind: 'data' as const }))],
    unit: 'answers',
    batches: batches.map(({ chunk, variants }) => {
      const keys = variants.flatMap((variant) => itemsAt(variant, chunk).map(({ id }) => rowKey(id, variant)));
      return { units: keys.length, keys };
    }),
    facts: { ...facts },
    items: [{ dataset: options.dataset, items }],
    sidecars,
    memory: ablateMemory(items, sizes, opened, options),
    runBatch: (index, signal) => runner.run(batches[index]!, signal),
    summarise: (rows) => ({ ...summariseAblate(facts, rows as readonly AblateRow[], true) }),
  };
}

/** The items that can be asked and judged, and the sizes of their images. */
async function chooseItems(
  dataset: Dataset,
  { images }: OpenModel,
  { scoring, dataset: given }: AblateOptions,
  { grader, log }: StepContext,
): Promise<{ items: DatasetItem[]; leftOut: LeftOut[]; sizes: ImageSize[] }> {
  const leftOut: LeftOut[] = [...dataset.leftOut];
  const problems = scoring === 'likelihood' ? [] : await grader.problems(dataset.items);
  const paths = dataset.items.flatMap(({ image }) => (image === null ? [] : [image]));
  const found = await images.sizes(paths, dataset.imageFolder);
  const sizeOf = new Map(paths.map((path, i) => [path, found[i]!]));
  const items = dataset.items.filter((item, i) => {
    const size = item.image === null ? null : sizeOf.get(item.image);
    const tooLong = scoring !== 'generate' && item.answer.length > longestAnswer;
    const problem =
      problems[i] ??
      (tooLong ? `its answer is longer than ${longestAnswer} characters` : null) ??
      (size instanceof Error ? size.message : null);
    if (problem !== null) leftOut.push({ id: item.id, problem });
    return problem === null;
  });
  for (const { id, problem } of leftOut) log.warn(`${id} is left out: ${problem}`);
  if (items.length > 0)
    return { items, leftOut, sizes: found.filter((size): size is ImageSize => !(size instanceof Error)) };
  const [first] = leftOut;
  throw new InputError(`${given} has no item that can be asked`, first && `${first.id}: ${first.problem}.`);
}

/** Those of the vision tower come first: the images come first. */
function layersOf(
  { id, layers, visionLayers }: AblateOptions,
  { model: { parts } }: OpenModel,
  items: readonly DatasetItem[],
): NonNullable<Variant>[] {
  const language = resolveLayers(layers, parts.text.numLayers).map((layer) => ({
    part: 'languageModel' as const,
    layer,
  }));
  if (visionLayers === undefined) return language;
  if (items.every(({ image }) => image === null)) {
    throw new InputError(
      `the step "${id}" switches off layers of the vision tower, but none of its items has an image`,
      'Leave out "visionLayers", or name a data set with images.',
    );
  }
  return [...visionLayersOf(visionLayers, parts.vision.numLayers), ...language];
}

function visionLayersOf(spec: NonNullable<AblateOptions['visionLayers']>, numLayers: number): NonNullable<Variant>[] {
  try {
    return resolveLayers(spec, numLayers).map((layer) => ({ part: 'vision', layer }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`visionLayers: ${error.message}`, `The vision tower has layers 0 to ${numLayers - 1}.`);
  }
}
