/**
 * Whether expressions agree, by their values at a few points: two that differ agree at a random point with a
 * probability that is next to nothing, and values take bounded time where rewriting might take any.
 */
import type Complex from 'complex.js';
import { isOfBoundedSize, numericValue, variablesOf } from './evaluate';
import type { Expression } from './latexReader';

/** Relative; and absolute, where terms cancel. */
const tolerance = 1e-9;
const noise = 1e-12;
const positivePoints = 4;
const mixedPoints = 4;
/** Points at which both have to have a value. */
const neededPoints = 3;

/** The value of an expression without variables; null where it is not real. */
export function realValue(expression: Expression): number | null {
  if (!isOfBoundedSize(expression) || variablesOf(expression).size > 0) return null;
  const value = numericValue(expression, new Map());
  return value && hasValue(value) && Math.abs(value.im) <= noise * Math.max(1, Math.abs(value.re)) ? value.re : null;
}

/** Whether two expressions have the same value whatever their variables are. */
export function agreeEverywhere(a: Expression, b: Expression): boolean {
  const pairs = valuePairs(a, b);
  return pairs !== null && pairs.every(([x, y]) => isClose(x, y));
}

/** Whether a = c·b with one constant c ≠ 0, a positive one if `positive`. */
export function areProportional(a: Expression, b: Expression, positive: boolean): boolean {
  const pairs = valuePairs(a, b)?.filter(([x, y]) => x.abs() > noise && y.abs() > noise);
  if (!pairs || pairs.length < neededPoints || pairs.every(([x]) => isClose(x, pairs[0]![0]))) return false;
  const [first] = pairs.map(([x, y]) => x.div(y)) as [Complex, ...Complex[]];
  if (positive && !(first.re > 0 && Math.abs(first.im) < tolerance)) return false;
  return pairs.every(([x, y]) => isClose(x, y.mul(first)));
}

/** Both values at every point at which both have one. Null where there are too few. */
function valuePairs(a: Expression, b: Expression): (readonly [Complex, Complex])[] | null {
  if (!isOfBoundedSize(a) || !isOfBoundedSize(b)) return null;
  const names = [...variablesOf(b, variablesOf(a))];
  if (names.length === 0) {
    const [x, y] = [numericValue(a, new Map()), numericValue(b, new Map())];
    return x && y && hasValue(x) && hasValue(y) ? [[x, y]] : null;
  }
  const pairs: (readonly [Complex, Complex])[] = [];
  for (let point = 0; point < positivePoints + mixedPoints; point++) {
    const isMixed = point >= positivePoints;
    const variables = new Map(names.map((name, i) => [name, coordinate(point, i, isMixed)]));
    const [x, y] = [numericValue(a, variables), numericValue(b, variables)];
    if (!x || !y) return null;
    // Roots and logarithms of negative variables: which branch is meant nobody says.
    const isDecided = isMixed ? isRealNumber(x) && isRealNumber(y) : true;
    if (hasValue(x) && hasValue(y) && isDecided) pairs.push([x, y]);
  }
  return pairs.length >= neededPoints ? pairs : null;
}

/** Between 0.4 and 2.9, of either sign when `isMixed`; the fractional parts of multiples of irrational numbers. */
function coordinate(point: number, variable: number, isMixed: boolean): number {
  const spread = ((point + 1) * Math.SQRT2 + (variable + 1) * 1.7320508 * (point + 2)) % 1;
  const size = 0.4 + 2.5 * spread;
  return isMixed && (point + variable) % 2 === 0 ? -size : size;
}

function isClose(x: Complex, y: Complex): boolean {
  return x.sub(y).abs() <= Math.max(noise, tolerance * Math.max(x.abs(), y.abs()));
}

function hasValue(value: Complex): boolean {
  return Number.isFinite(value.re) && Number.isFinite(value.im);
}

function isRealNumber(value: Complex): boolean {
  return Math.abs(value.im) <= noise * Math.max(1, Math.abs(value.re));
}
