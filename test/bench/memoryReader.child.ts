/** A thread that reads its own piece of memory from end to end whenever it is asked to, for big.bench.ts. */
import { parentPort, workerData } from 'node:worker_threads';

const numbers = new Float64Array((workerData as { bytes: number }).bytes / 8).fill(1);

parentPort!.on('message', () => parentPort!.postMessage(sum()));

/** Four sums at once: one alone waits for each addition and not for the memory. */
function sum(): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < numbers.length; i += 4) {
    a += numbers[i];
    b += numbers[i + 1];
    c += numbers[i + 2];
    d += numbers[i + 3];
  }
  return a + b + c + d;
}
