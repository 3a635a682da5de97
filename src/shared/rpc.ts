/**
 * One RPC for both boundaries of the product, page ↔ host and host ↔ engine. A surface is an interface whose members
 * are {@link Call}s; the types of calls and handlers are derived from it. Framing is the channel's business
 * (`postMessage` of a webview, the IPC channel of a Node child). Messages from the other side are untrusted: what is
 * not a well-formed message is dropped, and a handler checks its own parameters.
 */
import { CancelledError, fromWireError, toWireError, type WireError } from './errors';

/** A request with parameters, a result, and progress on the way. */
export interface Call<Params, Result, Progress = never> {
  readonly params: Params;
  readonly result: Result;
  readonly progress: Progress;
}

type AnyCall = Call<unknown, unknown, unknown>;
/** Any surface: an interface of calls. */
export type Surface<S> = { [K in keyof S]: AnyCall };

export interface CallContext<Progress> {
  /** Aborts when the caller cancels or the channel closes. */
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

export type Handlers<S extends Surface<S>> = {
  readonly [K in keyof S]: (
    params: S[K]['params'],
    context: CallContext<S[K]['progress']>,
  ) => Promise<S[K]['result']> | S[K]['result'];
};

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: Progress) => void) | undefined;
}

/** One end of a channel that carries structured messages, in order. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

type Message =
  | { kind: 'call'; id: number; method: string; params: unknown }
  | { kind: 'ok'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'progress'; id: number; value: unknown }
  | { kind: 'cancel'; id: number };

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  onProgress?: ((value: never) => void) | undefined;
}

/** One side of a connection: answers the calls of `Local`, makes those of `Remote`. */
export class RpcPeer<Local extends Surface<Local>, Remote extends Surface<Remote>> {
  private nextId = 1;
  private closed: Error | undefined;
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, AbortController>();

  constructor(
    private readonly channel: Channel,
    private readonly handlers: Handlers<Local>,
  ) {
    channel.onMessage((message) => this.receive(message));
  }

  /** Calls the other side. Rejects with what its handler threw, or {@link CancelledError} once `signal` aborts. */
  call<K extends keyof Remote & string>(
    method: K,
    params: Remote[K]['params'],
    { signal, onProgress }: CallOptions<Remote[K]['progress']> = {},
  ): Promise<Remote[K]['result']> {
    if (this.closed) return Promise.reject(this.closed);
    if (signal?.aborted) return Promise.reject(new CancelledError());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const cancel = () => this.channel.send({ kind: 'cancel', id } satisfies Message);
      const settle = () => {
        signal?.removeEventListener('abort', cancel);
        this.pending.delete(id);
      };
      this.pending.set(id, {
        resolve: (result) => (settle(), resolve(result as Remote[K]['result'])),
        reject: (error) => (settle(), reject(error)),
        onProgress: onProgress as ((value: never) => void) | undefined,
      });
      signal?.addEventListener('abort', cancel);
      this.channel.send({ kind: 'call', id, method, params } satisfies Message);
    });
  }

  /** The channel is gone: every open call fails with `error`, every running handler is aborted. */
  close(error: Error): void {
    this.closed = error;
    for (const pending of [...this.pending.values()]) pending.reject(error);
    for (const controller of this.running.values()) controller.abort();
  }

  private receive(raw: unknown): void {
    const message = raw as Message | null;
    if (typeof message !== 'object' || message === null || !Number.isSafeInteger(message.id)) return;
    switch (message.kind) {
      case 'call':
        void this.answer(message.id, message.method, message.params);
        break;
      case 'cancel':
        this.running.get(message.id)?.abort();
        break;
      case 'ok':
        this.pending.get(message.id)?.resolve(message.result);
        break;
      case 'error':
        this.pending.get(message.id)?.reject(fromWireError(message.error));
        break;
      case 'progress':
        this.pending.get(message.id)?.onProgress?.(message.value as never);
        break;
      default:
        break; // an unknown kind of message is nobody's
    }
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      if (!Object.hasOwn(this.handlers, method)) throw new Error(`no such call: ${String(method)}`);
      const handler = this.handlers[method as keyof Local];
      const context = {
        signal: controller.signal,
        progress: (value: unknown) => this.channel.send({ kind: 'progress', id, value } satisfies Message),
      };
      const result = await handler(params as never, context as never);
      this.channel.send({ kind: 'ok', id, result } satisfies Message);
    } catch (error) {
      this.channel.send({ kind: 'error', id, error: toWireError(error) } satisfies Message);
    } finally {
      this.running.delete(id);
    }
  }
}
