import Complex from 'complex.js';
import { headOf, operandsOf, type Expression } from './latexReader';
import { add, decimal, divide, multiply, negate, power, type Rational, rational, toNumber } from './rational';

/** Nodes of an expression that are looked at. */
const nodeLimit = 2000;

/** The value of an expression that is made of whole numbers, decimals and the four operations; else null. */
export function exactValue(expression: Expression): Rational | null {
  const literal = literalValue(expression);
  if (literal) return literal;
  const head = headOf(expression);
  if (head === null) return null;
  const values: Rational[] = [];
  for (const operand of operandsOf(expression)) {
    const value = exactValue(operand);
    if (!value) return null;
    values.push(value);
  }
  const [a, b] = values;
  if (!a) return null;
  switch (head) {
    case 'Delimiter':
      return values.length === 1 ? a : null;
    case 'Negate':
      return negate(a);
    case 'Add':
      return fold(values, add);
    case 'Subtract':
      return b ? add(a, negate(b)) : null;
    case 'Multiply':
      return fold(values, multiply);
    case 'InvisibleOperator':
      return isMixedNumber(expression) ? add(a, a.numerator < 0n ? negate(b!) : b!) : fold(values, multiply);
    case 'Divide':
    case 'Rational':
      return b ? divide(a, b) : null;
    case 'Power':
      return b ? power(a, b) : null;
    default:
      return null;
  }
}

/** The decimals that a number alone is written with; null for anything else. */
export function decimalsOf(expression: Expression): number | null {
  if (headOf(expression) === 'Negate') return decimalsOf(operandsOf(expression)[0]!);
  const text = literalText(expression);
  const match = text === null ? null : /^[+-]?\d*\.(\d+)$/.exec(text);
  return match ? match[1]!.length : null;
}

/** Names that stand for no constant. */
export function variablesOf(expression: Expression, found = new Set<string>()): Set<string> {
  if (typeof expression === 'string' && !isWords(expression) && !Object.hasOwn(constants, expression)) {
    found.add(expression);
  }
  for (const operand of operandsOf(expression)) variablesOf(operand, found);
  return found;
}

/** True when an expression stays within what {@link numericValue} is asked to look at. */
export function isOfBoundedSize(expression: Expression): boolean {
  let nodes = 0;
  const visit = (node: Expression): boolean => ++nodes <= nodeLimit && operandsOf(node).every(visit);
  return visit(expression);
}

/**
 * The value in double precision with variables set as given. Null for what is no number, such as words, relations and
 * functions that are not known here.
 */
export function numericValue(expression: Expression, variables: ReadonlyMap<string, number>): Complex | null {
  const literal = literalValue(expression);
  if (literal) return new Complex(toNumber(literal), 0);
  if (typeof expression === 'string') {
    const value = Object.hasOwn(constants, expression) ? constants[expression]! : variables.get(expression);
    return value === undefined || isWords(expression) ? null : new Complex(value);
  }
  const head = headOf(expression);
  if (head === null) return null;
  const values: Complex[] = [];
  for (const operand of operandsOf(expression)) {
    const value = numericValue(operand, variables);
    if (!value) return null;
    values.push(value);
  }
  if (values.length === 0 || !Object.hasOwn(functions, head)) return null;
  const value = functions[head]!(values);
  // Minus nothing would put a negative number on the other side of the cut of roots and logarithms.
  return value && new Complex(value.re, value.im === 0 ? 0 : value.im);
}

const constants: Readonly<Record<string, Complex>> = {
  Pi: new Complex(Math.PI, 0),
  e: new Complex(Math.E, 0),
  ExponentialE: new Complex(Math.E, 0),
  i: new Complex(0, 1),
  ImaginaryUnit: new Complex(0, 1),
  GoldenRatio: new Complex((1 + Math.sqrt(5)) / 2, 0),
};

type Operation = (values: readonly Complex[]) => Complex | null;

const one = (apply: (a: Complex) => Complex | null): Operation => {
  return (values) => (values.length === 1 ? apply(values[0]!) : null);
};
const two = (apply: (a: Complex, b: Complex) => Complex | null): Operation => {
  return (values) => (values.length === 2 ? apply(values[0]!, values[1]!) : null);
};
const ofReal = (apply: (a: number) => number): Operation =>
  one((a) => (isReal(a) ? new Complex(apply(a.re), 0) : null));

const functions: Readonly<Record<string, Operation>> = {
  Delimiter: one((a) => a),
  Negate: one((a) => a.neg()),
  Add: (values) => values.reduce((sum, value) => sum.add(value)),
  Subtract: two((a, b) => a.sub(b)),
  Multiply: (values) => values.reduce((product, value) => product.mul(value)),
  InvisibleOperator: (values) => values.reduce((product, value) => product.mul(value)),
  Divide: two((a, b) => a.div(b)),
  Rational: two((a, b) => a.div(b)),
  Power: two(raised),
  Sqrt: one((a) => raised(a, new Complex(0.5, 0))),
  Root: two((a, n) =>
    isReal(a) && isReal(n) && a.re < 0 && n.re % 2 === 1 ? realRoot(a.re, n.re) : raised(a, n.inverse()),
  ),
  Abs: one((a) => new Complex(a.abs(), 0)),
  Exp: one((a) => a.exp()),
  Ln: (values) => logarithm(values, Math.E),
  Log: (values) => logarithm(values, 10),
  Lb: (values) => logarithm(values, 2),
  Lg: (values) => logarithm(values, 10),
  Degrees: one((a) => a.mul(Math.PI / 180)),
  Factorial: ofReal((a) => (Number.isInteger(a) && a >= 0 && a <= 170 ? factorial(a) : NaN)),
  Binomial: two((n, k) => (isReal(n) && isReal(k) ? new Complex(binomial(n.re, k.re), 0) : null)),
  Floor: ofReal(Math.floor),
  Ceil: ofReal(Math.ceil),
  Conjugate: one((a) => a.conjugate()),
  Sin: one((a) => a.sin()),
  Cos: one((a) => a.cos()),
  Tan: one((a) => a.tan()),
  Cot: one((a) => a.cot()),
  Sec: one((a) => a.sec()),
  Csc: one((a) => a.csc()),
  Arcsin: one((a) => a.asin()),
  Arccos: one((a) => a.acos()),
  Arctan: one((a) => a.atan()),
  Sinh: one((a) => a.sinh()),
  Cosh: one((a) => a.cosh()),
  Tanh: one((a) => a.tanh()),
};

function raised(base: Complex, exponent: Complex): Complex {
  // Powers of real numbers are better from Math.pow: the detour over logarithms costs digits.
  if (isReal(base) && isReal(exponent) && (base.re >= 0 || Number.isInteger(exponent.re))) {
    return new Complex(base.re ** exponent.re, 0);
  }
  return base.pow(exponent);
}

function realRoot(value: number, degree: number): Complex {
  return new Complex(-((-value) ** (1 / degree)), 0);
}

function logarithm([value, base]: readonly Complex[], usual: number): Complex | null {
  if (!value) return null;
  return value.log().div(base ? base.log() : new Complex(Math.log(usual), 0));
}

function factorial(n: number): number {
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product *= factor;
  return product;
}

function binomial(n: number, k: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(k) || k < 0 || n < k || n > 1000) return NaN;
  let value = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * (n - Math.min(k, n - k) + i)) / i;
  return Math.round(value);
}

function isReal(value: Complex): boolean {
  return Math.abs(value.im) <= 1e-12 * Math.max(1, Math.abs(value.re));
}

/** 1\frac12 is one and a half. Only {@link exactValue} meets such: no variable is in it. */
function isMixedNumber(expression: Expression): boolean {
  const [whole, part, ...more] = operandsOf(expression);
  if (whole === undefined || part === undefined || more.length > 0 || headOf(part) !== 'Divide') return false;
  const [above, below] = operandsOf(part);
  const isWhole = typeof (headOf(whole) === 'Negate' ? operandsOf(whole)[0] : whole) === 'number';
  return isWhole && typeof above === 'number' && typeof below === 'number' && above < below;
}

function literalText(expression: Expression): string | null {
  if (typeof expression === 'number') return String(expression);
  return typeof expression === 'object' && 'num' in expression ? expression.num : null;
}

function literalValue(expression: Expression): Rational | null {
  if (Number.isSafeInteger(expression)) return rational(BigInt(expression as number));
  const text = literalText(expression);
  return text === null ? null : decimal(text);
}

function isWords(name: string): boolean {
  return name.startsWith("'");
}

function fold(values: readonly Rational[], operation: (a: Rational, b: Rational) => Rational | null): Rational | null {
  return values.slice(1).reduce<Rational | null>((sum, value) => sum && operation(sum, value), values[0]!);
}
