/** Which tensors of two checkpoints are the same tensor, and what of them can be compared. */
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { countElements } from '../checkpoint/shapes';
import { compareNames } from '../checkpoint/tensorNames';
import { isFloat } from './floats';

/** A tensor that both checkpoints of a phase have. */
export interface TensorPair {
  /** Its place in the list of phases. */
  readonly phase: number;
  readonly from: TensorEntry;
  readonly to: TensorEntry;
  /** What both have: the shape, or the common rows of two that differ in their number only. */
  readonly shape: readonly number[];
  readonly entries: number;
  /** Why it is not compared. */
  readonly skipped: string | null;
}

/** One tensor in all phases in which both checkpoints have it. */
export interface ComparedTensor {
  readonly canonicalName: string;
  readonly pairs: readonly TensorPair[];
}

export interface Phase {
  readonly from: Checkpoint;
  readonly to: Checkpoint;
}

/** Every tensor that a phase has on both sides, by canonical name: old and new spellings match. */
export function matchTensors(phases: readonly Phase[]): ComparedTensor[] {
  const names = new Set(phases.flatMap(({ to }) => [...to.tensors.keys()]));
  return [...names].sort(compareNames).flatMap((canonicalName) => {
    const pairs = phases.flatMap((phase, i) => {
      const [from, to] = [phase.from.tensors.get(canonicalName), phase.to.tensors.get(canonicalName)];
      return from && to ? [pairOf(i, from, to)] : [];
    });
    return pairs.length > 0 ? [{ canonicalName, pairs }] : [];
  });
}

/** Names, as its file has them, of the tensors of `a` that `b` has not. */
export function onlyIn(a: Checkpoint, b: Checkpoint): string[] {
  return [...a.tensors.values()]
    .filter(({ canonicalName }) => !b.tensors.has(canonicalName))
    .map(({ name }) => name)
    .sort(compareNames);
}

function pairOf(phase: number, from: TensorEntry, to: TensorEntry): TensorPair {
  const shape = commonShape(from.shape, to.shape);
  const entries = shape ? countElements(shape) : 0;
  return { phase, from, to, shape: shape ?? [], entries, skipped: reasonToSkip(from, to, shape) };
}

function commonShape(a: readonly number[], b: readonly number[]): readonly number[] | null {
  if (a.length !== b.length || a.some((size, i) => i > 0 && size !== b[i])) return null;
  return a.length === 0 ? a : [Math.min(a[0]!, b[0]!), ...a.slice(1)];
}

function reasonToSkip(from: TensorEntry, to: TensorEntry, shape: readonly number[] | null): string | null {
  const odd = [from, to].find(({ dtype }) => !isFloat(dtype));
  if (odd) return `${odd.dtype} has no weights that could be compared`;
  return shape ? null : `the shapes [${from.shape.join(', ')}] and [${to.shape.join(', ')}] have no rows in common`;
}

/** A tensor as a matrix: of more than two dimensions the rest is flattened; null of fewer. */
export function matrixShape(shape: readonly number[]): { rows: number; columns: number } | null {
  if (shape.length < 2) return null;
  const [rows, ...rest] = shape as [number, ...number[]];
  return { rows, columns: countElements(rest) };
}
