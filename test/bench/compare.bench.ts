/**
 * Update energy over two checkpoints of one 2 GB shard each, against `cat` of the same files to /dev/null, all of it in
 * the page cache. The engine process is the product's; its memory is watched from outside.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ChildPeer } from '../../src/core/process/childPeer';
import type { EngineParentSurface, EngineSurface } from '../../src/shared/protocol/engine';
import { writeLargeCheckpoint } from './largeCheckpoint';
import { conclude, interleave, printTable, ratio, seconds } from './measure';
import { MemoryWatch } from './processMemory';

const repetitions = 5;
const threads = availableParallelism();
const aims = { ratio: 0.4, memory: 512 << 20 };

async function main(): Promise<void> {
  if (process.platform === 'win32') throw new Error('This bench needs cat.');
  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  const engine = new ChildPeer<EngineParentSurface, EngineSurface>(
    { script: path.join(__dirname, 'engine.js'), title: 'engine', execPath: process.execPath, onOutput: console.error },
    { log: () => null, standing: () => null, alive: () => null },
  );
  try {
    const places = ['from', 'to'].map((name) => path.join(folder, name));
    const { tensors, bytes } = writeLargeCheckpoint(places[0], 0);
    writeLargeCheckpoint(places[1], 1);
    const gigabytes = (2 * bytes) / 1e9;
    const [from, to] = places.map((directory) => ({ directory, name: path.basename(directory) }));
    const compare = async () => {
      const result = await engine.call('compare', { device: 'cpu', threads, from: from!, to: to!, spectrum: false });
      if (result.phases[0].tensors.length !== tensors) throw new Error('not every tensor was compared');
      return undefined;
    };
    await compare(); // files come into the cache, code is compiled
    const watch = new MemoryWatch(() => engine.pid);
    const times = await interleave({ cat: () => Promise.resolve(cat(places)), compare }, repetitions);
    const { peak } = watch.stop();
    const rate = ratio(times.cat, times.compare);
    printTable([
      [`cat of ${gigabytes.toFixed(2)} GB to /dev/null`, seconds(times.cat)],
      [`compare, ${threads} threads`, seconds(times.compare)],
      ['peak resident', `${Math.round(peak / 1e6)} MB`],
    ]);
    conclude('compare', [
      {
        text: `${(100 * rate.value).toFixed(0)} % of the rate of cat (aim 40 %, 60 % wished for)`,
        met: rate.value >= aims.ratio,
      },
      { text: `peak ${Math.round(peak / 1e6)} MB (aim 512 MiB)`, met: peak < aims.memory },
    ]);
  } finally {
    engine.stop();
    await rm(folder, { recursive: true });
  }
}

function cat(places: readonly string[]): undefined {
  const files = places.map((place) => path.join(place, 'model.safetensors'));
  const { status } = spawnSync('sh', ['-c', 'cat "$@" > /dev/null', 'sh', ...files]);
  if (status !== 0) throw new Error('cat failed');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
