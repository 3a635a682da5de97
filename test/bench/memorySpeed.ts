import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Larger than any cache, so that what is timed is the memory. */
const bytesPerThread = 512 * 2 ** 20;

/** How fast this machine reads memory: `threads` threads, each summing its own array of doubles. */
export class MemorySpeed {
  private readonly workers: Worker[];

  constructor(threads: number) {
    const script = path.join(__dirname, 'memoryReader.child.js');
    const workerData = { bytes: bytesPerThread };
    this.workers = Array.from({ length: threads }, () => new Worker(script, { workerData }));
  }

  /** Seconds that reading so many bytes takes now, reckoned from one pass over all arrays. */
  async secondsFor(bytes: number): Promise<number> {
    const started = performance.now();
    await Promise.all(this.workers.map((worker) => pass(worker)));
    const seconds = (performance.now() - started) / 1000;
    return (seconds * bytes) / (bytesPerThread * this.workers.length);
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function pass(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      worker.off('error', reject);
      resolve();
    });
    worker.postMessage('again');
  });
}
