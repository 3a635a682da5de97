/** The same sweep in Hugging Face transformers, where a Python with it is at hand. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface ReferenceOptions {
  readonly checkpoint: string;
  readonly pairs: string;
  readonly limit: number;
  readonly maxNewTokens: number;
  readonly threads: number;
  readonly mode: 'straightforward' | 'careful';
}

/** What reference_swap.py prints. */
export interface ReferenceAnswers {
  /** Without loading, from pixel values and token ids on. */
  readonly seconds: number;
  /** "function/id" of each pair. */
  readonly ids: readonly string[];
  /** [pair][variant]: target, source, layer 0, 1, … */
  readonly texts: readonly (readonly string[])[];
}

/** `PYTHON`, else python3, if it has what the reference needs. */
export function findPython(): string | null {
  const python = process.env.PYTHON ?? 'python3';
  const { status } = spawnSync(python, ['-c', 'import torch, transformers'], { stdio: 'ignore' });
  return status === 0 ? python : null;
}

export async function runReference(python: string, options: ReferenceOptions): Promise<ReferenceAnswers> {
  const { checkpoint, pairs, limit, maxNewTokens, threads, mode } = options;
  const words = ['--mode', mode, '--checkpoint', checkpoint, '--pairs', pairs, '--limit', String(limit)];
  const numbers = ['--max-new-tokens', String(maxNewTokens), '--threads', String(threads)];
  const { stdout } = await promisify(execFile)(python, ['test/bench/reference_swap.py', ...words, ...numbers], {
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as ReferenceAnswers;
}
