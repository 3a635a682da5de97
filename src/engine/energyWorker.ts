/** A thread that sums spans: reads them, and answers each list of spans with their sums. */
import { parentPort } from 'node:worker_threads';
import { measureSpan, type Span } from '../core/compare/span';
import { UpdateKernel } from '../core/compare/updateKernel';
import { WeightReader } from '../core/files/weightReader';
import { InputError } from '../shared/errors';
import type { EnergyAnswer } from './energyPool';

const reader = new WeightReader();
const kernels = new Map<number, UpdateKernel>();

parentPort!.on('message', (spans: readonly Span[]) => parentPort!.postMessage(answer(spans)));

function answer(spans: readonly Span[]): EnergyAnswer {
  try {
    return { sums: spans.map((span) => measureSpan(span, kernelFor(span), (...place) => reader.read(...place))) };
  } catch (error) {
    const { message, stack } = error as Error;
    return { failure: { message, input: error instanceof InputError, stack } };
  } finally {
    reader.close(); // between two answers a file may be replaced
  }
}

function kernelFor({ sources }: Span): UpdateKernel {
  const kernel = kernels.get(sources.length) ?? new UpdateKernel(sources.length);
  kernels.set(sources.length, kernel);
  return kernel;
}
