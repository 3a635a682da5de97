/** The `swap` step: pairs in batches, one row per pair and variant. */
import { inPieces } from '../../shared/inPieces';
import { resolvePath } from '../experiment/experiment';
import { resolveLayers } from '../experiment/layers';
import type { SwapOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { stepSidecars } from '../experiment/stepSidecars';
import { gridOf, resizedSize, type ProcessedImage } from '../model/imageProcessor';
import { batchAdvice, decoderBytes, isFloat32, mappedBytes, visionBytes } from '../model/memory';
import type { OpenModel } from '../model/openModel';
import { judgeAdoption, judgeChange, type ImageGeometry } from './judge';
import { readPairs, type ImagePair } from './pairs';
import { swap } from './swap';
import { readsImageAnew, type SwapVariant } from './swapLayers';
import { summariseSwap, type SwapFacts, type SwapRow } from './swapSummary';

/** A pair that takes part. One whose images cannot be read has no geometry, gives no rows and is counted in the end. */
interface PlannedPair {
  readonly pair: ImagePair;
  readonly geometry: ImageGeometry | null;
}

/** @throws InputError when pairs, layers or checkpoint are not what the step says */
export async function planSwap(options: SwapOptions, context: StepContext): Promise<StepPlan> {
  const opened = await context.openModel(options.checkpoint);
  const { functions, limit, mode, window, rule, batch, maxNewTokens } = options;
  const folder = resolvePath(context.experiment, options.pairs);
  const pairs = await readPairs(folder, functions, limit);
  const sidecars = await stepSidecars(context.experiment, [options.checkpoint], context.log);
  const layers = resolveLayers(options.layers, opened.model.parts.text.numLayers);
  const variants: SwapVariant[] = [null, 'source', ...layers];

  const sorted = await sortByGrid(inTurn([...pairs.functions.values()]), folder, opened);
  const batches = inPieces(sorted.planned, Math.max(1, Math.floor(batch / variants.length)));
  const idsOf = (name: string, all: readonly ImagePair[]) => all.filter((p) => p.function === name).map(({ id }) => id);
  const facts: SwapFacts = {
    checkpoint: options.checkpoint,
    mode,
    window,
    layers,
    functions: Object.fromEntries(
      [...pairs.functions.keys()].map((name) => [
        name,
        {
          pairs: idsOf(
            name,
            sorted.planned.map(({ pair }) => pair),
          ),
          tokens: idsOf(name, sorted.differentGrids),
        },
      ]),
    ),
  };
  const data = [...pairs.files, ...sorted.readable].map((path) => ({ path, kind: 'data' as const }));
  return {
    version: 1,
    options: { ...facts, functions: [...pairs.functions.keys()], rule, batch, maxNewTokens, limit },
    inputs: [...opened.inputs, ...data],
    unit: 'pairs',
    batches: batches.map((some) => ({
      units: some.length,
      keys: some.flatMap(({ pair }) => variants.map((variant) => rowKey(pair, variant))),
    })),
    facts: { ...facts },
    sidecars,
    memory: estimateMemory(sorted.planned, variants.length, opened, options),
    runBatch: (index, signal) => runBatch(batches[index]!, variants, folder, opened, options, context, signal),
    summarise: (rows) => ({ ...summariseSwap(facts, rows as readonly SwapRow[], true) }),
  };
}

/** Compares the grids of each pair's images, from their sizes alone. */
async function sortByGrid(pairs: readonly ImagePair[], folder: string, { images, preprocessor }: OpenModel) {
  const paths = pairs.flatMap(({ targetImage, sourceImage }) => [targetImage, sourceImage]);
  const sizes = await images.sizes(paths, folder);
  const readable = new Set(paths.filter((_, i) => !(sizes[i] instanceof Error)));
  const planned: PlannedPair[] = [];
  const differentGrids: ImagePair[] = [];
  pairs.forEach((pair, i) => {
    const grids = [sizes[2 * i]!, sizes[2 * i + 1]!].map((size) => {
      if (size instanceof Error) return null;
      try {
        return { size, grid: gridOf(size, preprocessor) };
      } catch {
        return null; // too narrow or too small for the model: said when the pair's turn comes
      }
    });
    const [target, source] = grids;
    if (!target || !source) planned.push({ pair, geometry: null });
    else if (target.grid.width === source.grid.width && target.grid.height === source.grid.height) {
      planned.push({ pair, geometry: { image: target.size, resized: resizedSize(target.size, preprocessor) } });
    } else differentGrids.push(pair);
  });
  return { planned, differentGrids, readable };
}

async function runBatch(
  batch: readonly PlannedPair[],
  variants: readonly SwapVariant[],
  folder: string,
  opened: OpenModel,
  options: SwapOptions,
  { log }: StepContext,
  signal: AbortSignal,
): Promise<SwapRow[]> {
  const { model, images, preprocessor } = opened;
  const paths = batch.flatMap(({ pair }) => [pair.targetImage, pair.sourceImage]);
  const processed = await images.process(paths, preprocessor, folder);
  const whole = batch.flatMap(({ pair, geometry }, i) => {
    const both = [processed[2 * i]!, processed[2 * i + 1]!];
    const broken = both.find((image) => image instanceof Error);
    if (broken) log.warn(`${pair.function}/${pair.id} is left out: ${broken.message}`);
    return broken || !geometry ? [] : [{ pair, geometry, both: both as ProcessedImage[] }];
  });
  if (whole.length === 0) return [];

  const encoded = await model.encodeImages(
    whole.flatMap(({ both }) => both),
    signal,
  );
  const messages = whole.map(({ pair }) => ({ images: 1, text: promptText(pair.prompt, options.rule) }));
  const tokens = await model.parts.codec.encode(messages);
  const prompts = whole.map((_, i) => ({ tokens: tokens[i]!, target: encoded[2 * i]!, source: encoded[2 * i + 1]! }));
  const answers = await swap(model, prompts, { ...options, variants }, signal);
  const texts = await model.parts.codec.decode(answers.flat().map((answer) => answer.tokens));
  return whole.flatMap(({ pair, geometry }, i) => {
    const own = texts.slice(i * variants.length, (i + 1) * variants.length);
    const original = own[variants.indexOf(null)]!;
    return variants.map((variant, v) => ({
      key: rowKey(pair, variant),
      function: pair.function,
      id: pair.id,
      layer: variant,
      text: own[v]!,
      changed: judgeChange(pair, original, own[v]!, geometry, options.rule),
      adopted: judgeAdoption(pair, own[v]!, geometry),
    }));
  });
}

/** The authors leave a literal "<image>" in their counting prompts; it is no image and only confuses the model. */
function promptText(prompt: string, rule: SwapOptions['rule']): string {
  return rule === 'authors' ? prompt : prompt.replaceAll('<image>', '');
}

function rowKey({ function: name, id }: ImagePair, variant: SwapVariant): string {
  return `${name}/${id}/${variant ?? 'target'}`;
}

/** The first of every list, then the second of every list: all curves grow from the first batch on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** Text tokens before and after the image that the estimate reckons with. */
const textTokens = 64;

function estimateMemory(pairs: readonly PlannedPair[], variants: number, opened: OpenModel, options: SwapOptions) {
  const { text, vision, weights } = opened.model.parts;
  const { preprocessor } = opened;
  const patches = Math.max(
    0,
    ...pairs.map(({ geometry }) =>
      geometry ? (geometry.resized.width * geometry.resized.height) / preprocessor.patchSize ** 2 : 0,
    ),
  );
  const float32 = isFloat32(weights);
  const imageTokens = patches / vision.spatialMergeSize ** 2;
  const fed = textTokens + (readsImageAnew(options.mode) ? imageTokens : 0);
  const working = (batch: number) => {
    const perBatch = Math.max(1, Math.floor(batch / variants));
    return estimate(Math.min(batch, perBatch * variants), perBatch);
  };
  const estimate = (rows: number, perBatch: number) =>
    visionBytes(vision, patches, float32) +
    decoderBytes(
      text,
      {
        rows,
        tokens: fed,
        prefixes: 2 * perBatch,
        prefixTokens: textTokens + imageTokens,
        pastTokens: fed + options.maxNewTokens,
      },
      float32,
    );
  return {
    mapped: mappedBytes(weights),
    working: working(options.batch),
    advice: batchAdvice(working(1), 'row'),
    batch: { now: options.batch, working },
  };
}
