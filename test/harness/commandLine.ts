import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a command ended and what it printed. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `node dist/cli.js …`, started. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const script = path.resolve('dist/cli.js');

/** Starts the command line as a user does. @param fileLimit no file may become larger, in blocks of 512 bytes */
export function startCommand(words: readonly string[], fileLimit?: number): Command {
  const node = [process.execPath, script, ...words];
  const [program, ...rest] = fileLimit ? ['/bin/sh', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'sh', ...node] : node;
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...output }));
  });
  return { child, ended };
}

/** Runs the command line to its end. */
export function command(...words: readonly string[]): Promise<Ended> {
  return startCommand(words).ended;
}

/** Complete lines of a file that may not be there yet. */
export function countLines(file: string): number {
  return textOf(file).split('\n').length - 1;
}

/** The process that runs a step: the holder of its run folder's lock. */
export function holderOf(run: string): number | undefined {
  const text = textOf(path.join(run, 'lock.json'));
  return text === '' ? undefined : (JSON.parse(text) as { pid: number }).pid;
}

/** Waits until `condition` holds. @returns false when `ended` comes first */
export async function waitUntil(condition: () => boolean, ended: Promise<unknown>): Promise<boolean> {
  let over = false;
  ended.then(
    () => (over = true),
    () => (over = true),
  );
  while (!condition()) {
    if (over) return false;
    await sleep(2);
  }
  return true;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not there yet
  }
}
