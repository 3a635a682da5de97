import { fork, type ChildProcess } from 'node:child_process';
import { CancelledError, DeviceError, EngineCrashError } from '../../shared/errors';
import { RpcPeer, type CallOptions, type Channel, type Handlers, type Surface } from '../../shared/rpc';

export interface ChildOptions {
  /** Bundle to run. */
  readonly script: string;
  /** What it is called in messages, such as "engine". */
  readonly title: string;
  readonly execPath?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A line the child wrote to its standard error. */
  readonly onOutput?: (line: string) => void;
  /** It is gone, however that came. */
  readonly onEnd?: () => void;
  /** See {@link silenceLimit}. */
  readonly silenceLimit?: number;
}

export interface ChildCallOptions<Progress> extends CallOptions<Progress> {
  /** The child is killed when the answer takes longer, in milliseconds. */
  readonly timeout?: number;
}

/** How long a cancelled call may go on before its process is killed, in milliseconds. */
export const cancelGrace = 2000;

/**
 * How long a child that computes on a GPU may say nothing, in milliseconds: longer than a slow device needs for a run,
 * or for loading a large model. Only a driver that hangs is silent for longer.
 */
const silenceLimit = 600_000;

/**
 * A child process that answers calls. Cancelling is real: what does not stop in {@link cancelGrace} is killed, since a
 * run of the native library cannot be interrupted from outside. A child that dies fails its open calls with
 * {@link EngineCrashError}, and the next call starts a new one.
 */
export class ChildPeer<Local extends Surface<Local>, Remote extends Surface<Remote>> {
  private running: { child: ChildProcess; peer: RpcPeer<Local, Remote> } | undefined;
  /** What the child has said so far: messages. */
  private heard = 0;
  /** Whether the child is killed where it says nothing for too long: a parent's to decide. */
  watched = false;

  constructor(
    private readonly options: ChildOptions,
    private readonly handlers: Handlers<Local>,
  ) {}

  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  /** Calls the child, starting it if need be. */
  async call<K extends keyof Remote & string>(
    method: K,
    params: Remote[K]['params'],
    { signal, onProgress, timeout }: ChildCallOptions<Remote[K]['progress']> = {},
  ): Promise<Remote[K]['result']> {
    if (signal?.aborted) throw new CancelledError();
    const { child, peer } = (this.running ??= this.start());
    const timers: NodeJS.Timeout[] = [];
    let timedOut = false;
    const kill = () => child.kill('SIGKILL');
    const killLater = () => timers.push(setTimeout(kill, cancelGrace));
    signal?.addEventListener('abort', killLater);
    if (timeout) timers.push(setTimeout(() => ((timedOut = true), kill()), timeout));
    const { silenceLimit: limit = silenceLimit, title } = this.options;
    const tick = Math.min(1000, limit / 4);
    let [silence, heard, silent] = [0, this.heard, false];
    // Counted in ticks: a machine that sleeps is no child that hangs.
    const listen = () => {
      silence = heard === this.heard && this.watched ? silence + tick : 0;
      heard = this.heard;
      if (silence <= limit) return;
      silent = true;
      kill();
    };
    timers.push(setInterval(listen, tick));
    try {
      return await peer.call(method, params, { signal, onProgress });
    } catch (error) {
      if (signal?.aborted) throw new CancelledError();
      if (timedOut) throw new EngineCrashError(`the ${title} took longer than ${timeout! / 1000} s`);
      if (silent) {
        const mend = 'the driver of the device seems to hang. Update it, or choose the device cpu';
        throw new EngineCrashError(`the ${title} gave no sign of life for ${limit / 1000} s and was ended: ${mend}`);
      }
      if (error instanceof DeviceError) this.giveUp(child);
      throw error;
    } finally {
      signal?.removeEventListener('abort', killLater);
      timers.forEach(clearTimeout);
    }
  }

  /** Ends the child; open calls fail. The next call starts a new one. */
  stop(): void {
    this.running?.child.kill('SIGKILL');
  }

  /** The next call starts another one. */
  private giveUp(child: ChildProcess): void {
    if (this.running?.child === child) this.running = undefined;
    child.kill('SIGKILL');
  }

  private start() {
    const { script, title, execPath, execArgv, env, onOutput, onEnd } = this.options;
    const child = fork(script, {
      execPath,
      execArgv: [...(execArgv ?? [])],
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.watched = false;
    child.on('message', () => this.heard++);
    const peer = new RpcPeer<Local, Remote>(processChannel(child as ProcessEnd), this.handlers);
    const running = { child, peer };
    forwardLines(child, onOutput);
    const ended = (cause: string) => {
      if (this.running === running) this.running = undefined;
      peer.close(new EngineCrashError(`the ${title} ${cause}`));
      onEnd?.();
    };
    child.once('error', (error) => ended(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => ended(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
    return running;
  }
}

/** A child process as its parent sees it, or `process` as the child does. */
interface ProcessEnd {
  send?(message: unknown, handle: undefined, options: object, callback: () => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** The IPC channel between a Node parent and its child, from either end. */
export function processChannel(end: ProcessEnd): Channel {
  return {
    // The other side may be gone already: its exit is reported by the exit event, not by a failed send.
    send: (message) => void end.send?.(message, undefined, {}, () => undefined),
    onMessage: (listener) => void end.on('message', listener),
  };
}

function forwardLines(child: ChildProcess, onOutput?: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!.slice(-10_000);
    for (const line of lines) if (line) onOutput?.(line);
  });
}
