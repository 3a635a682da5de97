/**
 * A checkpoint in the shapes of Qwen2.5-VL-3B in the engine process: time and memory to open it, read an image, decode.
 * The weights are zeros that take no disk. A token's time is set against reading the same bytes from memory, all
 * threads summing arrays of doubles; the memory against the mapped weights and what the product itself reckons with
 * before a run: one layer in float32, and for the rest of the process and its buffers an overhead.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { decoderBytes, mappedBytes, visionBytes } from '../../src/core/model/memory';
import { ChildPeer } from '../../src/core/process/childPeer';
import { bytes } from '../../src/shared/format';
import type { EngineParentSurface, EngineSurface, GenerateResult } from '../../src/shared/protocol/engine';
import { conclude, median, printTable, ratio, seconds } from './measure';
import { MemorySpeed } from './memorySpeed';
import { MemoryWatch, type ProcessMemory } from './processMemory';
import { shape3B, writeSparseCheckpoint } from './sparseCheckpoint';

const repetitions = 3;
const newTokens = 4;
/** Pixels. */
const imageSize = 448;
const patches = (imageSize / 14) ** 2;
/** Image tokens, and room for the text around them. */
const promptTokens = patches / 4 + 64;
const threads = availableParallelism();

async function main(): Promise<void> {
  if (process.platform !== 'linux') throw new Error('This bench reads the memory of a process from /proc: Linux only.');
  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  const speed = new MemorySpeed(threads);
  try {
    await writeSparseCheckpoint(folder, shape3B);
    const image = path.join(folder, 'image.png');
    const background = { r: 200, g: 60, b: 30 };
    await sharp({ create: { width: imageSize, height: imageSize, channels: 3, background } }).toFile(image);
    const { weights, perToken, layer, working } = await sizesOf(folder);

    await answerInEngine(folder, image); // the holes' pages come into the page cache
    const times = { load: [] as number[], prefill: [] as number[], token: [] as number[], read: [] as number[] };
    const memory: ProcessMemory[] = [];
    for (let round = 0; round < repetitions; round++) {
      const before = await speed.secondsFor(perToken);
      const { result, used } = await answerInEngine(folder, image);
      assert.equal(result.tokens.length, newTokens, 'zeros do not end the answer');
      assert.ok(result.promptTokens <= promptTokens, `the estimate is for ${result.promptTokens} tokens`);
      times.read.push(median([before, await speed.secondsFor(perToken)]));
      times.load.push(result.seconds.load);
      times.prefill.push(result.seconds.prefill);
      times.token.push(result.seconds.decode / (newTokens - 1)); // the first token comes from the prompt's run
      memory.push(used);
    }

    const slowdown = ratio(times.token, times.read);
    console.log(`${bytes(weights)} of bfloat16 weights, ${threads} threads, ${repetitions} repetitions, fresh engines`);
    printTable([
      ['open, all graphs loaded', seconds(times.load)],
      [`prompt with one ${imageSize}x${imageSize} image`, seconds(times.prefill)],
      ['per token', seconds(times.token)],
      [`reading its ${bytes(perToken)} from memory`, seconds(times.read)],
      ['per token over reading', `${slowdown.value.toFixed(1)}x (${slowdown.spread})`],
    ]);
    const most = (read: (used: ProcessMemory) => number) => Math.max(...memory.map(read));
    const peak = most((used) => used.peak);
    const bound = weights + working;
    console.log('Memory of the engine process, the most of all repetitions:');
    printTable([
      ['peak resident', megabytes(peak)],
      ['  pages of files, at most', megabytes(most(({ mapped }) => mapped))],
      ['  its own, at most', megabytes(most(({ anonymous }) => anonymous))],
      ['bound', megabytes(bound)],
      ['  weights, all of them touched', megabytes(weights)],
      ['  one layer in float32', megabytes(layer)],
      ['  overhead', megabytes(working - layer)],
    ]);
    conclude('big', [
      { text: `peak ${megabytes(peak)} (bound ${megabytes(bound)})`, met: peak <= bound },
      { text: `${median(times.token).toFixed(2)} s per token, ${slowdown.value.toFixed(1)}x reading`, met: null },
      { text: `opened in ${median(times.load).toFixed(2)} s`, met: null },
    ]);
  } finally {
    await speed.stop();
    await rm(folder, { recursive: true });
  }
}

/** Bytes. */
interface Sizes {
  readonly weights: number;
  /** What each new token goes through: the decoder and the head, which is tied to the embeddings. */
  readonly perToken: number;
  /** The largest layer in float32. */
  readonly layer: number;
  /** Memory of the process's own as the product estimates it, that layer included. */
  readonly working: number;
}

async function sizesOf(folder: string): Promise<Sizes> {
  const { tensors, config } = await openCheckpoint(folder);
  const [text, vision] = [config.text!, config.vision!];
  const entries = [...tensors.values()];
  const used = entries.filter(({ part }) => part === 'languageModel' || part === 'embeddings');
  const load = { rows: 1, tokens: promptTokens, prefixes: 1, prefixTokens: 0, pastTokens: promptTokens + newTokens };
  const withoutLayer = decoderBytes(text, load, true);
  const decoder = decoderBytes(text, load, false);
  return {
    weights: mappedBytes(tensors),
    perToken: used.reduce((total, { length }) => total + length, 0),
    layer: decoder - withoutLayer,
    working: decoder + visionBytes(vision, patches, false),
  };
}

function megabytes(count: number): string {
  return `${Math.round(count / 1e6)} MB`;
}

/** A fresh engine, as the command line starts it, answers one question; its memory is watched from here. */
async function answerInEngine(
  directory: string,
  image: string,
): Promise<{ result: GenerateResult; used: ProcessMemory }> {
  const engine = new ChildPeer<EngineParentSurface, EngineSurface>(
    {
      script: path.join(__dirname, 'engine.js'),
      title: 'engine',
      execPath: process.execPath,
      onOutput: (line) => console.error(line),
    },
    { log: () => null, standing: () => null, alive: () => null },
  );
  const watch = new MemoryWatch(() => engine.pid);
  try {
    const result = await engine.call('generate', {
      device: 'cpu',
      threads,
      checkpoint: { directory },
      prompt: 'What is in the image?',
      images: [image],
      maxNewTokens: newTokens,
    });
    return { result, used: watch.stop() };
  } finally {
    engine.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
