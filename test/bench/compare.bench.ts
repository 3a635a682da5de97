/**
 * Update energy over two checkpoints of one 2 GB shard each, against `cat` of the same files to /dev/null, all of it in
 * the page cache. The engine process is the product's; its memory is watched from outside.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ChildPeer } from '../../src/core/process/childPeer';
import type { EngineParentSurface, EngineSurface } from '../../src/shared/protocol/engine';
import { encodeWeights, normals, seeded } from '../harness/weights';
import { conclude, interleave, printTable, ratio, seconds } from './measure';
import { MemoryWatch } from './processMemory';

const repetitions = 5;
const threads = availableParallelism();
/** Entries per tensor and tensors: 2 GB of bfloat16. */
const rows = 3584;
const columns = 18944;
const tensors = Math.round(1e9 / (rows * columns));
const gigabytes = (2 * 2 * tensors * rows * columns) / 1e9;
const aims = { ratio: 0.4, memory: 512 << 20 };

async function main(): Promise<void> {
  if (process.platform === 'win32') throw new Error('This bench needs cat.');
  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  const engine = new ChildPeer<EngineParentSurface, EngineSurface>(
    { script: path.join(__dirname, 'engine.js'), title: 'engine', execPath: process.execPath, onOutput: console.error },
    { log: () => null },
  );
  try {
    const places = await Promise.all(['from', 'to'].map((name, i) => writeShard(path.join(folder, name), i)));
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

/** A shard of matrices; the second is the first but for small changes, as after training. */
async function writeShard(folder: string, which: number): Promise<string> {
  const names = Array.from({ length: tensors }, (_, l) => `model.layers.${l}.mlp.up_proj.weight`);
  const bytes = 2 * rows * columns;
  const header = Buffer.from(
    JSON.stringify(
      Object.fromEntries(
        names.map((name, i) => {
          return [name, { dtype: 'BF16', shape: [rows, columns], data_offsets: [i * bytes, (i + 1) * bytes] }];
        }),
      ),
    ),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await mkdir(folder);
  await writeFile(
    path.join(folder, 'config.json'),
    JSON.stringify({ model_type: 'llama', num_hidden_layers: tensors }),
  );
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, header);
  // One block of random rows, written again and again: random numbers are slow, and what is read is the same work.
  const block = normals(64 * columns, 0.02, seeded(1));
  const changed = seeded(2);
  const own = which === 0 ? block : block.map((x) => (changed() < 0.5 ? x : x + 1e-4 * changed()));
  const encoded = encodeWeights('BF16', own);
  for (let row = 0; row < tensors * rows; row += 64) writeSync(file, encoded);
  closeSync(file);
  return folder;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
