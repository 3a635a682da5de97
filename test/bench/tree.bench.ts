/**
 * A folder in the shapes of Qwen2.5-VL-7B opened for the tree, against a plain read of its headers. The folder has 729
 * tensors in 4 sparse shards; each opening is the first of a fresh process. The plain read opens each shard, reads the
 * length and the header and parses it, and checks nothing.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bytes } from '../../src/shared/format';
import { conclude, interleave, median, milliseconds, printTable, ratio } from './measure';
import type { OpenedFolder } from './openFolder.child';
import { shape7B, writeSparseCheckpoint } from './sparseCheckpoint';

const repetitions = 9;
const tensors = 729;
/** Seconds and bytes. */
const aim = { seconds: 0.1, memory: 50e6 };

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  try {
    await writeSparseCheckpoint(folder, shape7B);
    const runs: Record<'plain' | 'tree', OpenedFolder[]> = { plain: [], tree: [] };
    const contender = (method: 'plain' | 'tree') => async () => {
      const opened = await openInChild(method, folder);
      assert.equal(opened.tensors, tensors, `${method} finds every tensor`);
      runs[method].push(opened);
      return opened.seconds;
    };
    await openInChild('plain', folder); // the folder and Node itself come into the page cache
    const times = await interleave({ plain: contender('plain'), tree: contender('tree') }, repetitions);

    const memory = (method: 'plain' | 'tree') => median(runs[method].map(({ peakMemory }) => peakMemory));
    console.log(`${tensors} tensors in ${shape7B.shards} shards, ${repetitions} repetitions, a fresh process each`);
    printTable([
      ['', 'time (range)', 'growth of peak memory'],
      ['plain read of the headers', milliseconds(times.plain), bytes(memory('plain'))],
      ['tree (open and inspect)', milliseconds(times.tree), bytes(memory('tree'))],
    ]);
    const time = median(times.tree);
    const grown = memory('tree');
    const { value, spread } = ratio(times.tree, times.plain);
    conclude('tree', [
      { text: `${(time * 1000).toFixed(0)} ms (aim ${aim.seconds * 1000} ms)`, met: time < aim.seconds },
      { text: `${value.toFixed(1)}x the plain read (${spread})`, met: null },
      { text: `${bytes(grown)} of memory (aim ${bytes(aim.memory)})`, met: grown < aim.memory },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function openInChild(method: string, folder: string): Promise<OpenedFolder> {
  const script = path.join(__dirname, 'openFolder.child.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, method, folder]);
  return JSON.parse(stdout) as OpenedFolder;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
