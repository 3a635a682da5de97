/**
 * Trains a lab from nothing: random weights, generated data, then Base → IN → RL and RL with Early, Mid or Late frozen.
 * What is there already is kept: a run that was stopped goes on where it was. One seed, one result.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeDataSets } from './dataSets';
import { dataSetsOf, labFile } from './labFile';
import { writeRandomCheckpoint } from './randomCheckpoint';

const usage = 'npm run lab:train -- [--out DIR] [--seed N] [--scale SHARE] [-- what `run` takes, such as --step ID]';
const sampleLab = path.resolve('media/sample-lab');
const bundles = path.resolve('dist');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      out: { type: 'string', default: 'lab-from-nothing' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  });
  const [seed, scale] = [Number(values.seed), Number(values.scale)];
  if (!Number.isSafeInteger(seed) || seed < 0 || !(scale > 0)) throw new Error(usage);
  const folder = path.resolve(values.out);
  const file = path.join(folder, 'lab.frankenstein.yaml');
  await once(path.join(folder, 'random'), (part) => writeRandomCheckpoint(path.join(sampleLab, 'base'), part, seed));
  await once(path.join(folder, 'training'), (part) => writeDataSets(part, dataSetsOf({ scale }), seed));
  const reference = path.relative(folder, sampleLab).split(path.sep).join('/');
  writeFileSync(file, labFile({ seed, scale, sampleLab: reference }));
  const args = [path.join(bundles, 'cli.js'), 'run', file, ...positionals];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** Makes a folder as a whole or not at all. */
async function once(folder: string, make: (part: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const part = `${folder}.${process.pid}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await make(part);
  renameSync(part, folder);
}

void main();
