import path from 'node:path';
import { ChildPeer } from '../../core/process/childPeer';
import type { EngineParentSurface, EngineSurface } from '../../shared/protocol/engine';
import type { CallOptions } from '../../shared/rpc';
import type { Device } from '../../shared/vocabulary';

/** The engine of a command: a child that the first Ctrl-C cancels and the second kills. */
export class TerminalEngine {
  private readonly cancelling = new AbortController();
  private readonly child = new ChildPeer<EngineParentSurface, EngineSurface>(
    {
      script: path.join(__dirname, 'engine.js'),
      title: 'engine',
      execPath: process.execPath,
      onOutput: (line) => process.stderr.write(line + '\n'),
    },
    {
      log: ({ level, message }) => (this.onLog(level, message), null),
      standing: () => null,
      alive: ({ device }) => this.watch(device),
    },
  );
  private readonly onSignal = () => {
    if (this.cancelling.signal.aborted) this.child.stop();
    this.cancelling.abort();
  };

  /** Set by a verb that shares the terminal with a progress bar. */
  onLog: (level: string, message: string) => void = (level, message) => {
    if (level !== 'info') process.stderr.write(`${level}: ${message}\n`);
  };

  constructor() {
    process.on('SIGINT', this.onSignal).on('SIGTERM', this.onSignal);
  }

  get signal(): AbortSignal {
    return this.cancelling.signal;
  }

  call<K extends keyof EngineSurface>(
    method: K,
    params: EngineSurface[K]['params'],
    options: Omit<CallOptions<EngineSurface[K]['progress']>, 'signal'> = {},
  ): Promise<EngineSurface[K]['result']> {
    return this.child.call(method, params, { ...options, signal: this.signal });
  }

  /** A run on the CPU may take long; a GPU that says nothing hangs. */
  private watch(device: Device): null {
    this.child.watched = device !== 'cpu';
    return null;
  }

  stop(): void {
    process.off('SIGINT', this.onSignal).off('SIGTERM', this.onSignal);
    this.child.stop();
  }
}
