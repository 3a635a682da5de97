/** Sums that energies are made of. They add up: a tensor's are those of its pieces. */
import type { UpdateEnergy } from '../../shared/compareResults';
import { relativeTo } from './compareSummary';
import { binade, floatFormats, type FloatDtype } from './floats';

export interface EnergySums {
  /** Σ Δ², Σ W_from², Σ W_to². */
  readonly update: number;
  readonly from: number;
  readonly to: number;
  /** Σ 4^e, e the binary exponent of W_to: the square of its step, but for a factor of the format. */
  readonly unit: number;
  /** Entries that differ by value. */
  readonly changed: number;
  /** max |Δ|. */
  readonly largest: number;
  /** Entries left out: one of the two is NaN; else one is infinite. */
  readonly nan: number;
  readonly infinite: number;
}

export const noEnergy: EnergySums = {
  update: 0,
  from: 0,
  to: 0,
  unit: 0,
  changed: 0,
  largest: 0,
  nan: 0,
  infinite: 0,
};

export function addSums(a: EnergySums, b: EnergySums): EnergySums {
  return {
    update: a.update + b.update,
    from: a.from + b.from,
    to: a.to + b.to,
    unit: a.unit + b.unit,
    changed: a.changed + b.changed,
    largest: Math.max(a.largest, b.largest),
    nan: a.nan + b.nan,
    infinite: a.infinite + b.infinite,
  };
}

/** The sums of a → b in float64 throughout, entries that are not finite left out and counted. */
export function sumCarefully(a: Float64Array, b: Float64Array, dtype: FloatDtype): EnergySums {
  const { least } = floatFormats[dtype];
  const sums = { ...noEnergy } as { -readonly [K in keyof EnergySums]: number };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (Number.isNaN(x) || Number.isNaN(y)) sums.nan++;
    else if (!Number.isFinite(x) || !Number.isFinite(y)) sums.infinite++;
    else {
      const change = y - x;
      sums.update += change * change;
      sums.from += x * x;
      sums.to += y * y;
      sums.unit += binade(y, least) ** 2;
      if (x !== y) sums.changed++;
      sums.largest = Math.max(sums.largest, Math.abs(change));
    }
  }
  return sums;
}

/** Σ (b − a)·(d − c) in float64 over the entries where all four are finite. */
export function productCarefully(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const product = (b[i]! - a[i]!) * (d[i]! - c[i]!);
    if (Number.isFinite(product)) sum += product;
  }
  return sum;
}

/**
 * The energy of an update from its sums.
 * @param entries compared, those that are not finite included
 * @param dtype of W_to
 */
export function energyOf(sums: EnergySums, entries: number, dtype: FloatDtype): UpdateEnergy {
  const counted = entries - sums.nan - sums.infinite;
  const [energy, fromNorm, toNorm] = [Math.sqrt(sums.update), Math.sqrt(sums.from), Math.sqrt(sums.to)];
  return {
    energy,
    relativeEnergy: relativeTo(energy, fromNorm),
    changedFraction: counted === 0 ? 0 : sums.changed / counted,
    largest: sums.largest,
    // A rounding error is uniform in ±ulp/2: its variance is ulp²/12.
    roundingFloor: Math.sqrt(sums.unit / 12) * floatFormats[dtype].step,
    fromNorm,
    toNorm,
  };
}
