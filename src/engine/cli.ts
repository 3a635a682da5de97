/**
 * The command line. Like a window's extension host it is a parent: what computes is the engine, a child process that
 * Ctrl-C stops for real. Exit codes: 0 success, 1 the work failed, 2 the call or the input is wrong, 130 cancelled.
 */
import { describeError, InputError, isCancelled } from '../shared/errors';
import { compare } from './cli/compare';
import { exportRun } from './cli/export';
import { generate } from './cli/generate';
import { handoff } from './cli/handoff';
import { inspectCheckpoint } from './cli/inspect';
import { logits } from './cli/logits';
import { merge } from './cli/merge';
import { pairs } from './cli/pairs';
import { report } from './cli/report';
import { run } from './cli/run';
import { slurm } from './cli/slurm';
import { TerminalEngine } from './cli/terminalEngine';
import { usage } from './cli/usage';

/** A verb: takes the words after it; prints its result to standard output and everything else to standard error. */
export type Verb = (words: string[], engine: TerminalEngine) => Promise<void>;

const verbs: Readonly<Record<string, Verb>> = {
  inspect: inspectCheckpoint,
  generate,
  logits,
  run,
  compare,
  merge,
  pairs,
  report,
  export: exportRun,
  handoff,
  slurm,
};

async function main([word, ...words]: string[]): Promise<number> {
  if (word === undefined || word === 'help' || word === '--help') {
    process.stdout.write(usage);
    return word === undefined ? 2 : 0;
  }
  const engine = new TerminalEngine();
  try {
    const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
    if (!verb) throw new InputError(`there is no verb "${word}"`, `The verbs are ${Object.keys(verbs).join(', ')}`);
    await verb(words, engine);
    return 0;
  } catch (error) {
    if (isCancelled(error)) {
      process.stderr.write('cancelled\n');
      return 130;
    }
    process.stderr.write(`frankenstein ${word}: ${describeError(error)}\n`);
    return error instanceof InputError ? 2 : 1;
  } finally {
    engine.stop();
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
