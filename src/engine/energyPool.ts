import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EnergyMeter } from '../core/compare/energy';
import type { Span, SpanSums } from '../core/compare/span';
import { InputError } from '../shared/errors';

/** What a worker answers to a list of spans. */
export type EnergyAnswer =
  | { readonly sums: readonly SpanSums[] }
  | { readonly failure: { readonly message: string; readonly input: boolean; readonly stack?: string | undefined } };

/** Entries per message: long enough that messages do not count, short enough that all workers end together. */
const entriesPerMessage = 4 << 20;

/** Sums spans in worker threads, one per core. */
export class EnergyPool implements EnergyMeter {
  private readonly workers: Worker[] = [];

  /** @param threads at most so many */
  constructor(private readonly threads: number) {}

  /** The spans' sums, in their order. Nothing depends on how many threads there are. */
  async measure(spans: readonly Span[], signal: AbortSignal): Promise<SpanSums[]> {
    const results = new Array<SpanSums>(spans.length);
    const lists = groupSpans(spans);
    while (this.workers.length < Math.min(this.threads, lists.length)) {
      this.workers.push(new Worker(path.join(__dirname, 'energyWorker.js')));
    }
    const working = this.workers.map(async (worker) => {
      for (let list = lists.shift(); list; list = lists.shift()) {
        signal.throwIfAborted();
        const sums = await ask(worker, spans.slice(list.first, list.end));
        sums.forEach((own, i) => (results[list!.first + i] = own));
      }
    });
    try {
      await Promise.all(working);
    } catch (error) {
      await this.close(); // the others still work on what nobody waits for
      throw error;
    }
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, spans: readonly Span[]): Promise<readonly SpanSums[]> {
  return new Promise((resolve, reject) => {
    const settle = () => worker.off('message', onMessage).off('error', onError);
    const onMessage = (answer: EnergyAnswer) => {
      settle();
      if ('sums' in answer) return resolve(answer.sums);
      const { message, input, stack } = answer.failure;
      reject(input ? new InputError(message) : Object.assign(new Error(message), { stack }));
    };
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(spans);
  });
}

/** Runs of spans with so many entries that a message is worth it. */
function groupSpans(spans: readonly Span[]): { first: number; end: number }[] {
  const groups: { first: number; end: number }[] = [];
  let entries = 0;
  spans.forEach((span, i) => {
    const last = groups.at(-1);
    if (last && entries + span.entries <= entriesPerMessage) last.end = i + 1;
    else {
      groups.push({ first: i, end: i + 1 });
      entries = 0;
    }
    entries += span.entries;
  });
  return groups;
}
