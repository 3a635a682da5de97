/**
 * The swap sweep against loops that compute each layer's answers anew. All start from pixel values and token ids, with
 * the model loaded, and answer the same: suffix swaps at every layer, and both untouched images. They must say the
 * same words; where two candidates are nearly equal another program may choose the other one.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { VisionLanguageModel } from '../../src/core/model/visionLanguageModel';
import { readPairs } from '../../src/core/probe/pairs';
import { swap } from '../../src/core/probe/swap';
import type { SwapVariant } from '../../src/core/probe/swapLayers';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { modelTools } from '../harness/modelTools';
import { conclude, interleave, printTable, ratio, seconds, type Verdict } from './measure';
import { findPython, runReference, type ReferenceAnswers } from './swapReference';
import { answerAlone, type LoopPair } from './swapLoop';

const checkpoint = 'media/sample-lab/base';
const pairsFolder = 'media/sample-lab/pairs';
const limit = 20;
const maxNewTokens = 24;
/** As the step's default. */
const batch = 64;
const repetitions = 3;
const aim = 5;
/** In logits: below it the choice between two tokens is an accident of rounding. */
const nearTie = 1e-3;
/** One by default: torch's waiting threads spin, and with more of them a busy machine would distort its time alone. */
const threads = Number(parseArgs({ options: { threads: { type: 'string', default: '1' } } }).values.threads);

const titles: Record<string, string> = {
  sweep: 'the sweep',
  loop: 'loop, this engine',
  straightforward: 'transformers, straightforward',
  careful: 'transformers, careful',
};

/** An answer and the smallest lead with which one of its tokens was chosen. */
interface Answer {
  readonly text: string;
  readonly lead: number;
}

async function main(): Promise<void> {
  const tools = modelTools(new OrtRuntime('cpu', threads));
  const opened = await openModel(await openCheckpoint(checkpoint), tools);
  const { model } = opened;
  const variants: SwapVariant[] = [null, 'source', ...Array.from({ length: model.parts.text.numLayers }, (_, l) => l)];
  const { ids, pairs } = await readInputs(opened);

  const python = findPython();
  const answers: { sweep: Answer[][]; loop: Answer[][] } = { sweep: [], loop: [] };
  const references: Record<'straightforward' | 'careful', ReferenceAnswers | null> = {
    straightforward: null,
    careful: null,
  };
  const reference = (mode: 'straightforward' | 'careful') => async () => {
    const options = { checkpoint, pairs: pairsFolder, limit, maxNewTokens, threads, mode };
    references[mode] = await runReference(python!, options);
    return references[mode].seconds;
  };
  const times: Record<string, number[]> = { sweep: [], loop: [] };
  // The two of this engine take turns within a round, a few pairs each: both meet the same disturbances.
  const own = async () => {
    answers.sweep = [];
    answers.loop = [];
    const taken = { sweep: 0, loop: 0 };
    for (let from = 0; from < pairs.length; from += perBatch(variants)) {
      const some = pairs.slice(from, from + perBatch(variants));
      taken.sweep += await timed(async () => answers.sweep.push(...(await runSweep(model, some, variants))));
      taken.loop += await timed(async () => answers.loop.push(...(await runLoop(model, some, variants))));
    }
    times.sweep.push(taken.sweep);
    times.loop.push(taken.loop);
    return taken.sweep + taken.loop;
  };
  await runSweep(model, pairs.slice(0, perBatch(variants)), variants); // loads the graphs, warms what both share
  console.log(
    `${pairs.length} pairs, ${variants.length} answers each, ${threads} thread${threads === 1 ? '' : 's'}, ${repetitions} repetitions`,
  );
  const others = { straightforward: reference('straightforward'), careful: reference('careful') };
  const taken = await interleave<string>({ own, ...(python ? others : {}) }, repetitions);
  if (python) Object.assign(times, { straightforward: taken.straightforward, careful: taken.careful });
  await tools.runtime.releaseAll();

  const verdicts = reportTimes(times);
  if (!python) console.log('transformers: no Python with torch and transformers here (set PYTHON)');

  const label = (pair: number, variant: number) => `${ids[pair]} at ${variants[variant] ?? 'target'}`;
  const texts = (all: readonly Answer[][]) => all.map((row) => row.map(({ text }) => text));
  assert.deepEqual(texts(answers.loop), texts(answers.sweep), 'the loop and the sweep give different answers');
  for (const [mode, found] of Object.entries(references)) {
    if (found) verdicts.push(compare(`texts of ${mode}`, answers.sweep, found, ids, label));
  }
  conclude('swap', verdicts);
}

async function readInputs({ model, images, preprocessor }: OpenModel): Promise<{ ids: string[]; pairs: LoopPair[] }> {
  const { functions } = await readPairs(pairsFolder, undefined, limit);
  const listed = [...functions.values()].flat();
  const paths = listed.flatMap(({ targetImage, sourceImage }) => [targetImage, sourceImage]);
  const pixels = (await images.process(paths, preprocessor)).map((image) => {
    if (image instanceof Error) throw image;
    return image;
  });
  const tokens = await model.parts.codec.encode(listed.map(({ prompt }) => ({ images: 1, text: prompt })));
  return {
    ids: listed.map((pair) => `${pair.function}/${pair.id}`),
    pairs: tokens.map((one, i) => ({ tokens: one, target: pixels[2 * i], source: pixels[2 * i + 1] })),
  };
}

/** Pairs whose answers fill the decoder's batch, as the step reckons it. */
function perBatch(variants: readonly SwapVariant[]): number {
  return Math.max(1, Math.floor(batch / variants.length));
}

/** Prints the times, those of the sweep first. @returns what the others take over it */
function reportTimes(times: Readonly<Record<string, number[]>>): Verdict[] {
  const rows = [['', 'seconds (range)', 'over the sweep (range)']];
  const verdicts: Verdict[] = [];
  for (const [name, values] of Object.entries(times)) {
    const { value, spread } = ratio(values, times.sweep);
    rows.push([titles[name], seconds(values), name === 'sweep' ? '' : `${value.toFixed(1)}x (${spread})`]);
    if (name === 'loop') verdicts.push({ text: `${value.toFixed(1)}x over the loop (aim ${aim}x)`, met: value >= aim });
    else if (name !== 'sweep') verdicts.push({ text: `${value.toFixed(1)}x over ${titles[name]}`, met: null });
  }
  printTable(rows);
  return verdicts;
}

/** One batch as the step runs it: all variants of all its pairs as rows. */
async function runSweep(model: VisionLanguageModel, pairs: readonly LoopPair[], variants: readonly SwapVariant[]) {
  const settings = { mode: 'suffix', window: 1, variants, maxNewTokens, batch } as const;
  const encoded = await model.encodeImages(pairs.flatMap(({ target, source }) => [target, source]));
  const prompts = pairs.map(({ tokens }, i) => ({ tokens, target: encoded[2 * i], source: encoded[2 * i + 1] }));
  const answers: Answer[][] = [];
  for (const row of await swap(model, prompts, settings)) answers.push(await decode(model, row));
  return answers;
}

async function runLoop(model: VisionLanguageModel, pairs: readonly LoopPair[], variants: readonly SwapVariant[]) {
  const answers: Answer[][] = [];
  for (const pair of pairs) {
    const row = [];
    for (const variant of variants) row.push(await answerAlone(model, pair, variant, maxNewTokens));
    answers.push(await decode(model, row));
  }
  return answers;
}

async function decode(model: VisionLanguageModel, row: readonly { tokens: number[]; smallestLead: number }[]) {
  const texts = await model.parts.codec.decode(row.map(({ tokens }) => tokens));
  return row.map(({ smallestLead }, i) => ({ text: texts[i], lead: smallestLead }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Lists the answers that differ. Those that hang on a near-tie are no fault. */
function compare(
  name: string,
  sweep: readonly Answer[][],
  reference: ReferenceAnswers,
  ids: readonly string[],
  label: (pair: number, variant: number) => string,
): Verdict {
  assert.deepEqual(reference.ids, ids, 'both go over the same pairs');
  const different = sweep.flatMap((row, pair) =>
    row.flatMap(({ text, lead }, variant) => {
      const other = reference.texts[pair][variant];
      return text === other ? [] : [{ pair, variant, lead, text, other }];
    }),
  );
  for (const { pair, variant, lead, text, other } of different) {
    const why = lead < nearTie ? `near-tie, lead ${lead.toExponential(1)}` : `lead ${lead.toExponential(1)}`;
    console.log(`${name}: ${label(pair, variant)} (${why}): ${JSON.stringify(text)}, there ${JSON.stringify(other)}`);
  }
  const faults = different.filter(({ lead }) => lead >= nearTie);
  const ties = different.length - faults.length;
  const total = sweep.flat().length;
  return {
    text: `${name} equal in ${total - different.length} of ${total}${ties > 0 ? `, ${ties} near-ties` : ''}`,
    met: faults.length === 0,
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
