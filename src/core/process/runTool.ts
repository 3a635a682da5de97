import { execFile } from 'node:child_process';
import { CancelledError, InputError } from '../../shared/errors';

/** How a program ended and what it printed. */
export interface ToolResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** What to do when the program is not there. */
  readonly mend: string;
}

const timeoutMs = 60_000;
const mostOutput = 16 << 20;

/**
 * Runs a program of the PATH to its end, without a shell: its words are handed over as they are.
 * @throws InputError when there is no such program, Error when it prints more than 16 MiB or takes longer than a minute
 */
export function runTool(program: string, words: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { cwd, env, signal, mend } = options;
  return new Promise((resolve, reject) => {
    const limits = { timeout: timeoutMs, maxBuffer: mostOutput, encoding: 'utf8' as const };
    execFile(program, [...words], { ...limits, cwd, env, signal }, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(new CancelledError());
      const { code } = (error ?? {}) as { readonly code?: unknown };
      if (code === 'ENOENT' || code === 'EACCES') {
        return reject(new InputError(`there is no ${program} on the PATH`, mend, { cause: error }));
      }
      if (error?.killed) return reject(new Error(`${program} took longer than ${timeoutMs / 1000} s`));
      if (error && typeof code !== 'number' && !error.signal) {
        return reject(new Error(`${program}: ${error.message}`, { cause: error }));
      }
      return resolve({ code: error ? (typeof code === 'number' ? code : null) : 0, stdout, stderr });
    });
  });
}
