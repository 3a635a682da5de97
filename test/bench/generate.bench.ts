/**
 * Answers to the sample lab's evaluation set in batches, as the `evaluate` step makes them, against one at a time in the
 * same engine and against Hugging Face's `generate` with the same batches. All start from pixel values and token ids.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { settingsOf } from '../../src/core/evaluate/abilityPlan';
import { answerBatch } from '../../src/core/evaluate/answerBatch';
import { readDataset } from '../../src/core/evaluate/datasets/readDataset';
import { Questions, type Question } from '../../src/core/evaluate/questions';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { abilities } from '../../src/shared/vocabulary';
import { modelTools } from '../harness/modelTools';
import { conclude, interleave, printTable, ratio, seconds } from './measure';
import { findPython } from './swapReference';

const checkpoint = 'media/sample-lab/in';
const folder = 'media/sample-lab/evaluation';
const files = { vision: 'vision', visionToReasoning: 'vision_to_reasoning', reasoning: 'reasoning' };
const limit = 40;
/** As the step's default. */
const batch = 64;
const maxNewTokens = 48;
const repetitions = 3;
const aim = 2;
const threads = 1;

async function main(): Promise<void> {
  const tools = modelTools(new OrtRuntime('cpu', threads));
  const opened = await openModel(await openCheckpoint(checkpoint), tools);
  const questions = await readQuestions();
  const texts: Record<string, string[]> = {};
  const ask = (name: string, size: number) => async () => {
    texts[name] = await answers(opened, questions, size);
    return undefined;
  };
  await answers(opened, questions.slice(0, batch), batch); // loads the graphs
  const python = findPython();
  const reference = async () => {
    const found = await runReference(python!);
    texts.transformers = [...found.texts];
    return found.seconds;
  };
  const taken = await interleave<string>(
    { batched: ask('batched', batch), single: ask('single', 1), ...(python ? { transformers: reference } : {}) },
    repetitions,
  );
  await tools.runtime.releaseAll();

  console.log(`${questions.length} answers, ${threads} thread, ${repetitions} repetitions`);
  printTable([
    ['', 'seconds (range)', 'over batches (range)'],
    ...Object.entries(taken).map(([name, values]) => {
      const { value, spread } = ratio(values, taken.batched);
      return [name, seconds(values), name === 'batched' ? '' : `${value.toFixed(1)}x (${spread})`];
    }),
  ]);
  assert.deepEqual(texts.single, texts.batched, 'answers in batches differ from answers one at a time');
  const over = (name: string) => ratio(taken[name], taken.batched).value;
  const verdicts = [
    { text: `${over('single').toFixed(1)}x over one at a time (aim ${aim}x)`, met: over('single') >= aim },
  ];
  if (python) {
    const same = texts.transformers.filter((text, i) => text === texts.batched[i]).length;
    verdicts.push({
      text: `${over('transformers').toFixed(1)}x over transformers, ${same} of ${questions.length} texts equal`,
      met: null as never,
    });
  } else console.log('transformers: no Python with torch and transformers here (set PYTHON)');
  conclude('generate', verdicts);
}

async function readQuestions(): Promise<Question[]> {
  const noParquet = { read: () => Promise.reject(new Error('the lab has no parquet')) } as never;
  const all: Question[] = [];
  for (const ability of abilities) {
    const { items } = await readDataset(`${folder}/${files[ability]}.jsonl`, { limit }, noParquet);
    all.push(...settingsOf[ability].flatMap((setting) => items.map((item) => ({ item, setting }))));
  }
  return all;
}

async function answers(opened: OpenModel, questions: readonly Question[], size: number): Promise<string[]> {
  const asked = new Questions(opened, 'plain', folder);
  const settings = { maxNewTokens, samples: 1, temperature: 1, random: () => () => 0 };
  const texts: string[] = [];
  for (let from = 0; from < questions.length; from += size) {
    const some = await answerBatch(opened, asked, questions.slice(from, from + size), settings);
    texts.push(...some.map((own) => (own instanceof Error ? assert.fail(own) : own[0].text)));
  }
  return texts;
}

async function runReference(python: string): Promise<{ seconds: number; texts: readonly string[] }> {
  const words = ['--checkpoint', checkpoint, '--folder', folder, '--limit', String(limit), '--batch', String(batch)];
  const numbers = ['--max-new-tokens', String(maxNewTokens), '--threads', String(threads)];
  const { stdout } = await promisify(execFile)(python, ['test/bench/reference_generate.py', ...words, ...numbers], {
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as { seconds: number; texts: readonly string[] };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
