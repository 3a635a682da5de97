/**
 * Supervised training steps on the sample lab's questions about images: forward, backward and AdamW over all weights,
 * against PyTorch with Hugging Face transformers on the same items. Both start from pixel values and token ids.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { requireComplete } from '../../src/core/checkpoint/families';
import { readPreprocessorConfig } from '../../src/core/checkpoint/sidecars';
import { WeightReader } from '../../src/core/files/weightReader';
import type { ProcessedImage } from '../../src/core/model/imageProcessor';
import { AdamW } from '../../src/core/train/adamw';
import { Backpropagation } from '../../src/core/train/backpropagation';
import type { TrainingSequence } from '../../src/core/train/gradientEngine';
import { readMasterWeights } from '../../src/core/train/masterWeights';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { modelTools } from '../harness/modelTools';
import { conclude, interleave, milliseconds, printTable, ratio } from './measure';
import { findPython } from './swapReference';

const checkpoint = 'media/sample-lab/in';
const folder = 'media/sample-lab/evaluation';
const batch = 16;
const steps = 5;
const repetitions = 3;
const threads = 1;
const learningRate = 1e-5;
const aim = 0.7;

interface Steps {
  /** Of each step but the first. */
  readonly seconds: readonly number[];
  /** Per step. */
  readonly tokens: number;
  readonly losses: readonly number[];
}

async function main(): Promise<void> {
  const python = findPython();
  const found: Record<string, Steps> = {};
  const run = (name: string, train: () => Promise<Steps>) => async () => {
    found[name] = await train();
    return found[name].seconds.reduce((a, b) => a + b) / steps;
  };
  const taken = await interleave<string>(
    {
      ours: run('ours', trainHere),
      ...(python ? { pytorch: run('pytorch', () => trainInPython(python)) } : {}),
    },
    repetitions,
  );

  console.log(`steps of ${batch} sequences, ${found.ours.tokens} tokens, ${threads} thread`);
  const speed = (values: readonly number[]) => (found.ours.tokens / ratio(values, [1]).value).toFixed(0);
  printTable([
    ['', 'a step (range)', 'tokens per second'],
    ...Object.entries(taken).map(([name, values]) => [name, milliseconds(values), speed(values)]),
  ]);
  if (!python) {
    console.log('PyTorch: no Python with torch and transformers here (set PYTHON)');
    conclude('train', []);
    return;
  }
  assert.equal(found.ours.tokens, found.pytorch.tokens);
  found.pytorch.losses.forEach((loss, step) => {
    assert.ok(Math.abs(found.ours.losses[step] - loss) <= 1e-3 * loss, `step ${step}: the losses differ`);
  });
  const times = ratio(taken.pytorch, taken.ours);
  const text = `${times.value.toFixed(2)}x the speed of PyTorch (${times.spread}, aim ${aim}x), losses equal to 0.1%`;
  conclude('train', [{ text, met: times.value >= aim }]);
}

async function trainHere(): Promise<Steps> {
  const tools = modelTools(new OrtRuntime('cpu', threads));
  const opened = await openCheckpoint(checkpoint);
  const reader = new WeightReader();
  const read = reader.read.bind(reader);
  const values = readMasterWeights([...opened.tensors.values()], read, new AbortController().signal);
  reader.close();
  const parameters = { values, trained: new Set(values.keys()) };
  const engine = new Backpropagation(tools.runtime, requireComplete(opened), parameters);
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  const { sequences, tokens } = await readSequences(tools);
  const answered = sequences.reduce((sum, { answer }) => sum + answer.length, 0);
  const coefficients = sequences.map(({ answer }) => new Float32Array(answer.length).fill(-1 / answered));

  const seconds: number[] = [];
  const losses: number[] = [];
  for (let step = 0; step <= steps; step++) {
    const started = performance.now();
    const logProbabilities = await engine.accumulate(sequences, () => coefficients);
    optimizer.update(engine.gradients, learningRate, 1, () => true);
    for (const gradient of engine.gradients.values()) gradient.fill(0);
    losses.push(-logProbabilities.reduce((sum, own) => sum + own.reduce((a, b) => a + b), 0) / answered);
    seconds.push((performance.now() - started) / 1000);
  }
  await tools.runtime.releaseAll();
  return { seconds: seconds.slice(1), tokens, losses };
}

async function readSequences(
  tools: ReturnType<typeof modelTools>,
): Promise<{ sequences: TrainingSequence[]; tokens: number }> {
  const lines = readFileSync(`${folder}/vision_to_reasoning.jsonl`, 'utf8').split('\n').slice(0, batch);
  const items = lines.map((line) => JSON.parse(line) as Record<'question' | 'reasoning' | 'answer' | 'image', string>);
  const settings = await readPreprocessorConfig(checkpoint);
  const images = (await tools.images.process(
    items.map(({ image }) => `${folder}/${image}`),
    settings,
  )) as ProcessedImage[];
  const codec = tools.textCodec(checkpoint);
  const prompts = await codec.encode(items.map(({ question }) => ({ images: 1, text: question })));
  const answers = await codec.tokenize(
    items.map(({ reasoning, answer }) => `<think>${reasoning}</think><answer>${answer}</answer><|im_end|>`),
  );
  const sequences = items.map((_, i) => ({ prompt: prompts[i], images: [images[i]], answer: answers[i] }));
  const cells = ({ grid: { height, width } }: ProcessedImage) => (height * width) / settings.mergeSize ** 2;
  const lengths = sequences.map(
    ({ prompt, images: [image], answer }) => prompt.length - 1 + cells(image) + answer.length,
  );
  return { sequences, tokens: lengths.reduce((a, b) => a + b) };
}

async function trainInPython(python: string): Promise<Steps> {
  const words = ['--checkpoint', checkpoint, '--folder', folder, '--learning-rate', String(learningRate)];
  const numbers = ['--batch', String(batch), '--steps', String(steps), '--threads', String(threads)];
  const { stdout } = await promisify(execFile)(python, ['test/bench/reference_train.py', ...words, ...numbers]);
  return JSON.parse(stdout) as Steps;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
