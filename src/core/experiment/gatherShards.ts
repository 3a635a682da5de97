/** The shards of a step, whose rows one after another are those of a single run. */
import { InputError } from '../../shared/errors';
import { devices, type Device } from '../../shared/vocabulary';
import { TailReader } from '../files/tailReader';
import type { InputHashes } from './inputHashes';
import { createManifest, isSameRun, readManifest } from './manifest';
import { ownBatches, parseRow, whereToResume } from './plannedRows';
import { runPathsIn } from './runFolder';
import type { RunOptions } from './runStep';
import type { Row, StepContext, StepPlan } from './step';

/** The rows of one shard, and the lines that hold them. */
export interface ShardRows {
  readonly lines: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * What the shards of a step were computed on: whoever gathers them computes nothing, and need not have it.
 * @throws InputError when the first of them is not there
 */
export async function deviceOfShards(runs: string, step: string, count: number): Promise<Device> {
  const { folder, manifest: file } = runPathsIn(runs, step, { index: 0, count });
  const manifest = await readManifest(file);
  const device = devices.find((known) => known === manifest?.device);
  if (device) return device;
  throw new InputError(`shard 0 of ${count} of "${step}" is not there: ${folder} has no manifest`, runIt(0, count));
}

/**
 * Reads all shards of a step, in their order.
 * @throws InputError naming the first that is not finished, or that was made of other options, data or weights
 */
export async function gatherShards(
  count: number,
  plan: StepPlan,
  context: StepContext,
  options: RunOptions,
  hashes: InputHashes,
): Promise<ShardRows[]> {
  const found: ShardRows[] = [];
  for (let index = 0; index < count; index++) {
    const shard = { index, count };
    const { folder, manifest: file, rows: rowsFile } = runPathsIn(options.runs, options.step, shard);
    const what = `shard ${index} of ${count} of "${options.step}"`;
    const manifest = await readManifest(file);
    if (manifest?.state !== 'finished') {
      const state = manifest === null ? 'has no manifest' : `is ${manifest.state}`;
      throw new InputError(`${what} is not finished: ${folder} ${state}`, runIt(index, count));
    }
    if (!(await isSameRun(manifest, createManifest(plan, context, { ...options, shard }, hashes), hashes))) {
      throw new InputError(`${what} was made of other options, data or weights (${folder})`, runIt(index, count));
    }
    const lines = await new TailReader(rowsFile).read();
    const rows = lines.map((line, i) => parseRow(line, rowsFile, i + 1));
    whereToResume(ownBatches(plan.batches, shard), rows, rowsFile); // refuses rows that are not of the plan
    if (rows.length !== manifest.shard?.rows) {
      throw new InputError(`${what} has lost rows: ${rowsFile} holds ${rows.length}`, runIt(index, count));
    }
    found.push({ lines, rows });
  }
  return found;
}

function runIt(index: number, count: number): string {
  return `Run it again with --shard ${index}/${count}.`;
}
