import type { CompareRow } from '../../shared/compareResults';
import { sameShape } from '../checkpoint/shapes';
import type { Log } from '../ports';
import type { MeasuredUpdate } from './energy';
import type { TensorPair } from './matchTensors';

/** The row of a pair; without numbers where it was not measured. */
export function rowOf(
  key: string,
  { from, to }: { readonly from: string; readonly to: string },
  pair: TensorPair,
  measured: MeasuredUpdate | undefined,
): CompareRow {
  const { name, part, layer, component, dtype, shape } = pair.to;
  const place = { key, from, to, name, part, layer, component, dtype, shape };
  const otherShape = sameShape(pair.from.shape, shape) ? {} : { fromShape: pair.from.shape };
  if (!measured) return { ...place, ...noNumbers, cosine: null, ...otherShape, skipped: pair.skipped! };
  const { energy, notFinite, previous } = measured;
  const norms = previous ? previous.energy * energy.energy! : 0;
  return {
    ...place,
    ...energy,
    cosine: norms === 0 ? null : previous!.product / norms,
    ...(previous ? { previous } : {}),
    ...otherShape,
    ...(otherShape.fromShape ? { comparedShape: pair.shape } : {}),
    ...(notFinite.nan + notFinite.infinite > 0 ? { notFinite } : {}),
  };
}

const noNumbers = {
  energy: null,
  relativeEnergy: null,
  changedFraction: null,
  largest: null,
  roundingFloor: null,
  fromNorm: null,
  toNorm: null,
};

/** Says what a reader of the numbers must know of a tensor. */
export function warnOfOddities(
  { from, to, name, skipped, notFinite, fromShape, comparedShape }: CompareRow,
  log: Log,
): void {
  const place = `${name} (${from} → ${to})`;
  if (skipped) log.warn(`${place} is skipped: ${skipped}`);
  if (notFinite) {
    log.warn(
      `${place} has entries that are no numbers, left out: ${notFinite.nan} NaN, ${notFinite.infinite} infinite`,
    );
  }
  if (comparedShape)
    log.warn(`${place} had the shape [${fromShape!.join(', ')}]: the first ${comparedShape[0]} rows are compared`);
}
