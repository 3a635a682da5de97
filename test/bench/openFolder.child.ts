/** Opens a checkpoint's folder in a process of its own, for tree.bench.ts: `node openFolder.child.js tree|plain DIR`. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { inspectCheckpoint } from '../../src/core/checkpoint/inspect';

/** What it prints, as JSON. */
export interface OpenedFolder {
  readonly tensors: number;
  /** The first opening: nothing compiled yet, as when a user expands the tree. */
  readonly seconds: number;
  /** Growth of the peak resident memory, the JavaScript heap being part of it; bytes. */
  readonly peakMemory: number;
}

const [method, folder] = process.argv.slice(2);
const readers: Record<string, (directory: string) => Promise<number>> = {
  tree: async (directory) => inspectCheckpoint(await openCheckpoint(directory)).tensors.length,
  plain: readHeaders,
};

/** The headers and nothing else, unchecked. */
async function readHeaders(directory: string): Promise<number> {
  const shards = (await readdir(directory)).filter((name) => name.endsWith('.safetensors'));
  let tensors = 0;
  for (const shard of shards) {
    const file = await open(join(directory, shard));
    const length = Buffer.alloc(8);
    await file.read(length, 0, 8, 0);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    await file.read(header, 0, header.length, 8);
    await file.close();
    const parsed = JSON.parse(header.toString()) as Record<string, unknown>;
    tensors += Object.keys(parsed).filter((name) => name !== '__metadata__').length;
  }
  return tensors;
}

/** Kilobytes on every system, as libuv gives it. */
const peak = () => process.resourceUsage().maxRSS * 1024;

async function main(): Promise<void> {
  const peakBefore = peak();
  const started = performance.now();
  const tensors = await readers[method](folder);
  const seconds = (performance.now() - started) / 1000;
  const opened: OpenedFolder = { tensors, seconds, peakMemory: peak() - peakBefore };
  console.log(JSON.stringify(opened));
}

void main();
