/**
 * The sweep over the layers against asking anew with every layer made identity: in the same batches, and one question
 * at a time. All start from pixel values and token ids, with the model loaded, generate answers and measure the
 * likelihood of the right ones. They must say the same; where two candidates are nearly equal another way of adding up
 * may choose the other one.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { cacheShape, DecoderRun, type DecoderSession } from '../../src/core/model/decoderRun';
import { feedPieces } from '../../src/core/model/feedPieces';
import { continueGreedily } from '../../src/core/model/generate';
import type { ProcessedImage } from '../../src/core/model/imageProcessor';
import { KeyValueCache } from '../../src/core/model/keyValueCache';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { VisionLanguageModel } from '../../src/core/model/visionLanguageModel';
import { LayerSweep } from '../../src/core/probe/ablate';
import type { Ablated, Read } from '../../src/core/probe/ablateAnswer';
import {
  forkOf,
  SequenceReading,
  sequenceRows,
  wantedTokens,
  type Sequence,
} from '../../src/core/probe/ablateSequence';
import { variantsAtOnce } from '../../src/core/probe/ablateBatches';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { modelTools } from '../harness/modelTools';
import { conclude, interleave, printTable, ratio, seconds, type Verdict } from './measure';

const lab = 'media/sample-lab';
const limit = 40;
/** As the step's defaults. */
const batch = 64;
const maxNewTokens = 64;
const repetitions = 3;
const aim = 1.5;
/** In logits: below it the choice between two tokens is an accident of rounding. */
const nearTie = 1e-3;
const threads = Number(parseArgs({ options: { threads: { type: 'string', default: '1' } } }).values.threads);

/** Short answers, long ones, and questions about images. */
const scenes = [
  { checkpoint: 'base', ability: 'reasoning', alone: true },
  { checkpoint: 'in', ability: 'reasoning', alone: false },
  { checkpoint: 'in', ability: 'vision_to_reasoning', alone: false },
] as const;

const titles: Record<string, string> = { anew: 'every layer anew', alone: 'one at a time' };

/** A question as all ways of asking start from it. */
interface Question {
  readonly tokens: readonly number[];
  readonly image: ProcessedImage | null;
  readonly answer: readonly number[];
}

/** [variant][question]; the first variant is the whole model. */
type Answers = Ablated[][];

async function main(): Promise<void> {
  const verdicts: Verdict[] = [];
  for (const { checkpoint, ability, alone } of scenes) {
    const tools = modelTools(new OrtRuntime('cpu', threads));
    const opened = await openModel(await openCheckpoint(path.join(lab, checkpoint)), tools);
    const { model } = opened;
    const questions = await readQuestions(opened, ability);
    const answers: Record<string, Answers> = {};
    const keep = (name: string, work: () => Promise<Answers>) => async () => {
      answers[name] = await work();
      return undefined;
    };
    await sweep(model, questions.slice(0, 2)); // loads the graphs, warms what all share
    const times = await interleave<string>(
      {
        sweep: keep('sweep', () => sweep(model, questions)),
        anew: keep('anew', () => anew(model, questions, batch)),
        ...(alone ? { alone: keep('alone', () => anew(model, questions, 1)) } : {}),
      },
      repetitions,
    );
    await tools.runtime.releaseAll();
    const count = answers.sweep.length;
    console.log(
      `${checkpoint}, ${ability}: ${questions.length} questions, ${count - 1} layers and the baseline, ${threads} thread${threads === 1 ? '' : 's'}, ${repetitions} repetitions`,
    );
    const rows = [
      ['', 'seconds (range)', 'over the sweep (range)'],
      ['the sweep', seconds(times.sweep), ''],
    ];
    for (const [way, title] of Object.entries(titles)) {
      if (!answers[way]) continue;
      const { value, spread } = ratio(times[way], times.sweep);
      rows.push([title, seconds(times[way]), `${value.toFixed(1)}x (${spread})`]);
      const name = `${checkpoint}/${ability}`;
      const told = `${name} ${value.toFixed(1)}x over ${title}`;
      verdicts.push(way === 'anew' ? { text: `${told} (aim ${aim}x)`, met: value >= aim } : { text: told, met: null });
      verdicts.push(compare(`${name} as ${title}`, answers.sweep, answers[way]));
    }
    printTable(rows);
  }
  conclude('ablate', verdicts);
}

async function readQuestions({ model, images, preprocessor }: OpenModel, ability: string): Promise<Question[]> {
  const folder = path.join(lab, 'evaluation');
  const lines = readFileSync(path.join(folder, `${ability}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, limit);
  const items = lines.map((line) => JSON.parse(line) as { question: string; answer: string; image?: string });
  const { codec, stopTokens } = model.parts;
  const tokens = await codec.encode(items.map(({ question, image }) => ({ images: image ? 1 : 0, text: question })));
  const answers = await codec.tokenize(items.map(({ answer }) => answer));
  const pixels = await images.process(
    items.flatMap(({ image }) => (image ? [path.join(folder, image)] : [])),
    preprocessor,
  );
  let next = 0;
  return items.map(({ image }, i) => {
    const own = image ? pixels[next++] : null;
    if (own instanceof Error) throw own;
    return { tokens: tokens[i], image: own, answer: [...answers[i], stopTokens[0]] };
  });
}

async function prepare(model: VisionLanguageModel, questions: readonly Question[]): Promise<Sequence[]> {
  const images = questions.flatMap(({ image }) => (image ? [image] : []));
  const encoded = images.length > 0 ? await model.encodeImages(images) : [];
  let next = 0;
  const prompts = await model.preparePrompts(
    questions.map(({ tokens, image }) => ({ tokens, images: image ? [encoded[next++]] : [] })),
  );
  return prompts.map((prompt, i) => ({ prompt, answer: questions[i].answer, draft: [] }));
}

/** As the step runs it. */
async function sweep(model: VisionLanguageModel, questions: readonly Question[]): Promise<Answers> {
  const own = new LayerSweep(model, await prepare(model, questions), { maxNewTokens, batch });
  const answers = [await own.baseline()];
  const layers = Array.from({ length: model.parts.text.numLayers }, (_, layer) => layer);
  for (let from = 0; from < layers.length; from += variantsAtOnce) {
    const reads: Read[] = [];
    for (const layer of layers.slice(from, from + variantsAtOnce)) reads.push(await own.ablate(layer));
    answers.push(...(await own.finish(reads)));
  }
  return answers;
}

/** Images, prompts, right answers and answers again for every layer, `rows` questions at a time. */
async function anew(model: VisionLanguageModel, questions: readonly Question[], rows: number): Promise<Answers> {
  const whole = await model.decoder();
  const answers: Answers = [];
  for (let off = -1; off < model.parts.text.numLayers; off++) {
    const decoder = { ...whole, layersOn: whole.layersOn.map((_, l) => l !== off) };
    const own: Ablated[] = [];
    for (let from = 0; from < questions.length; from += rows) {
      own.push(...(await askAnew(model, decoder, await prepare(model, questions.slice(from, from + rows)))));
    }
    answers.push(own);
  }
  return answers;
}

async function askAnew(model: VisionLanguageModel, decoder: DecoderSession, sequences: readonly Sequence[]) {
  const run = DecoderRun.sharing(
    decoder,
    KeyValueCache.empty(cacheShape(decoder.config)),
    sequences.map(() => 0),
    { forks: sequences.map((one) => forkOf(one, 0)) },
  );
  const readings = sequences.map((one) => new SequenceReading(one));
  await feedPieces(
    model,
    run,
    await sequenceRows(model, sequences, 0),
    sequences.map((one) => wantedTokens(one, 0)),
    ['logits'],
    (piece) => piece.wanted.forEach(({ row }, line) => readings[row].add(piece, line)),
  );
  const read = run.freeze();
  const rows = sequences.map(({ prompt }, row) => ({ from: () => read, row, length: prompt.tokens.length }));
  const generated = await continueGreedily(
    model,
    DecoderRun.continuing(
      decoder,
      KeyValueCache.empty(read.shape),
      sequences.map(() => 0),
      await KeyValueCache.assemble(read.shape, rows),
    ),
    readings.map((reading) => reading.begin().first),
    sequences.map(({ prompt }) => prompt.positions.next),
    maxNewTokens,
  );
  return generated.map((answer, i) => ({ generated: answer, logLikelihood: readings[i].logLikelihood }));
}

function compare(name: string, sweep: Answers, other: Answers): Verdict {
  let total = 0;
  let ties = 0;
  let faults = 0;
  sweep.forEach((row, variant) => {
    row.forEach(({ generated, logLikelihood }, question) => {
      const there = other[variant][question];
      total++;
      if (JSON.stringify(generated!.tokens) === JSON.stringify(there.generated!.tokens)) {
        assert.ok(Math.abs(logLikelihood! - there.logLikelihood!) < nearTie, `${name}: likelihoods differ`);
      } else if (Math.min(generated!.smallestLead, there.generated!.smallestLead) < nearTie) ties++;
      else faults++;
    });
  });
  const equal = total - ties - faults;
  return { text: `${name} in ${equal} of ${total}${ties > 0 ? `, ${ties} near-ties` : ''}`, met: faults === 0 };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
