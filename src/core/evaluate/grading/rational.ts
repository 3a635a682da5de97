/** Exact numbers, of bounded length: what grows beyond it is null. */

/** In lowest terms, the denominator positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Bits that numerator or denominator may have. */
const bitLimit = 4096;
const digitLimit = 1000;
const exponentLimit = 1000;

export function rational(numerator: bigint, denominator = 1n): Rational | null {
  if (denominator === 0n) return null;
  const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  const value = { numerator: numerator / divisor, denominator: denominator / divisor };
  return fits(value.numerator) && fits(value.denominator) ? value : null;
}

/** A decimal such as `-12.50`, `.5` or `6.02e23`, without separators; `0.(3)` repeats. Null for anything else. */
export function decimal(text: string): Rational | null {
  if (text.length > digitLimit) return null;
  const match = /^([+-]?)(\d*)(?:\.(\d*)(?:\((\d+)\))?)?(?:e([+-]?\d+))?$/i.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', repeating = '', exponent = '0'] = match;
  if (whole + fraction + repeating === '' || Math.abs(Number(exponent)) > exponentLimit) return null;
  let numerator = BigInt(`0${whole}${fraction}`);
  let denominator = 10n ** BigInt(fraction.length);
  if (repeating !== '') {
    numerator = BigInt(`0${whole}${fraction}${repeating}`) - numerator;
    denominator *= 10n ** BigInt(repeating.length) - 1n;
  }
  const scale = 10n ** BigInt(Math.abs(Number(exponent)));
  if (Number(exponent) < 0) denominator *= scale;
  else numerator *= scale;
  return rational(sign === '-' ? -numerator : numerator, denominator);
}

export function add(a: Rational, b: Rational): Rational | null {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function multiply(a: Rational, b: Rational): Rational | null {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational | null {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Null where the exponent is no small integer. */
export function power(base: Rational, exponent: Rational): Rational | null {
  const size = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
  if (exponent.denominator !== 1n || size > exponentLimit) return null;
  const bits = Math.max(bitsOf(base.numerator), bitsOf(base.denominator));
  if (base.numerator !== 0n && Number(size) * bits > 2 * bitLimit) return null;
  const [numerator, denominator] = [base.numerator ** size, base.denominator ** size];
  return exponent.numerator < 0n ? rational(denominator, numerator) : rational(numerator, denominator);
}

export function equals(a: Rational, b: Rational): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** To so many decimals, halves away from zero. */
export function rounded(value: Rational, decimals: number): Rational | null {
  const scale = 10n ** BigInt(decimals);
  const size = value.numerator < 0n ? -value.numerator : value.numerator;
  const whole = (2n * size * scale + value.denominator) / (2n * value.denominator);
  return rational(value.numerator < 0n ? -whole : whole, scale);
}

export function toNumber({ numerator, denominator }: Rational): number {
  return Number(numerator) / Number(denominator);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

function fits(value: bigint): boolean {
  return bitsOf(value) <= bitLimit;
}

/** At most four more than there are. */
function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}
