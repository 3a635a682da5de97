/** Slurm's commands as small programs that write down how they were called and answer what a test has laid out. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ArrayOptions } from '../../src/core/slurm/arrayOptions';
import type { ArrayRecord } from '../../src/core/slurm/arrayRecord';

/** What an array asks for where nothing is given. */
export const plainOptions: ArrayOptions = {
  shards: 8,
  device: 'auto',
  partition: null,
  account: null,
  time: null,
  memory: null,
  cpus: null,
  gpus: 0,
};

/** A record as a file has it. */
export function arrayRecord(
  options: Partial<ArrayOptions>,
  submissions: readonly { job: string; token: string; shards: number[] }[],
): ArrayRecord {
  return {
    version: 1,
    step: 'vision',
    options: { ...plainOptions, ...options },
    submissions: submissions.map((each) => ({ ...each, collector: null, time: '2026-01-01T00:00:00.000Z' })),
    cancelled: false,
    collected: null,
  };
}

export interface ToolAnswer {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const tools = ['sbatch', 'squeue', 'sacct', 'scancel'] as const;
type Tool = (typeof tools)[number];

const program = `#!${process.execPath}
const fs = require('node:fs');
const path = require('node:path');
const folder = path.dirname(path.dirname(process.argv[1]));
const tool = path.basename(process.argv[1]);
const words = process.argv.slice(2);
const calls = path.join(folder, 'calls.jsonl');
fs.appendFileSync(calls, JSON.stringify([tool, ...words]) + '\\n');
const file = path.join(folder, tool + '.json');
const sent = fs.readFileSync(calls, 'utf8').split('\\n').filter((line) => line.startsWith('["sbatch"')).length;
const standard = tool === 'sbatch' ? { stdout: 100 + sent + '\\n' } : {};
const { code = 0, stdout = '', stderr = '' } = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : standard;
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
`;

/** Jobs get the ids 101, 102, … */
export class SlurmStandIn {
  /** To be put on the PATH. */
  readonly bin: string;

  constructor(private readonly folder: string) {
    this.bin = path.join(folder, 'bin');
    mkdirSync(this.bin);
    for (const tool of tools) {
      writeFileSync(path.join(this.bin, tool), program);
      chmodSync(path.join(this.bin, tool), 0o755);
    }
  }

  /** From now on; the last one counts. */
  answer(tool: Tool, answer: ToolAnswer): void {
    writeFileSync(path.join(this.folder, `${tool}.json`), JSON.stringify(answer));
  }

  /** The calls so far, as words. */
  calls(tool: Tool): string[][] {
    const file = path.join(this.folder, 'calls.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const calls = lines.map((line) => JSON.parse(line) as string[]);
    return calls.filter(([name]) => name === tool).map((words) => words.slice(1));
  }
}
