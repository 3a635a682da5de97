import { decimalsOf, exactValue, isOfBoundedSize } from './evaluate';
import { headOf, operandsOf, type Expression } from './latexReader';
import { equals, type Rational, rounded } from './rational';
import { assignedValue, asInterval, sameRelations } from './relations';
import { agreeEverywhere, realValue } from './sampling';
import type { Sequence, Value } from './value';

export interface Equivalence {
  /** Decimals to which both sides are rounded; null compares exactly. */
  readonly precision: number | null;
  /** The right answer is a list in which order counts and brackets do not. */
  readonly isList: boolean;
}

/** So many decimals are taken for the approximation of a value that has no end, as Math-Verify does. */
const approximationDecimals = 6;

/** Whether an answer says what the right one says. */
export function isEquivalent(gold: Value, answer: Value, options: Equivalence): boolean {
  const same = (a: Value, b: Value) => isEquivalent(a, b, options);
  if (gold.kind === 'relation' && answer.kind === 'relation') return sameRelations(gold, answer, same);
  if (gold.kind === 'relation' || answer.kind === 'relation') {
    const value = assignedValue(gold) ?? asInterval(gold);
    const other = assignedValue(answer) ?? asInterval(answer);
    if (value && other) return same(value, other);
    return sameRelations(gold, answer, same);
  }
  if (gold.kind === 'sequence' || answer.kind === 'sequence') {
    if (gold.kind !== 'sequence' || answer.kind !== 'sequence') return false;
    return sameSequence(gold, answer, options) || sameRelations(gold, answer, same);
  }
  if (gold.kind === 'union' || answer.kind === 'union') {
    return gold.kind === 'union' && answer.kind === 'union' && sameInAnyOrder(gold.items, answer.items, same);
  }
  if (gold.kind === 'matrix' || answer.kind === 'matrix') {
    if (gold.kind !== 'matrix' || answer.kind !== 'matrix') return false;
    return sameInOrder(gold.rows, answer.rows, (a, b) => sameInOrder(a, b, same));
  }
  if (gold.kind === 'words' || answer.kind === 'words')
    return wordsOf(gold) !== null && wordsOf(gold) === wordsOf(answer);
  const unitsAgree = gold.unit === null || answer.unit === null || gold.unit === answer.unit;
  return unitsAgree && sameNumber(gold, answer, options);
}

/** Expressions that are one name can be words as well: `\text{E}` and `E`. */
function wordsOf(value: Value): string | null {
  if (value.kind === 'words') return value.words === '' ? null : value.words;
  return value.kind === 'expression' && typeof value.expression === 'string' ? value.expression.toLowerCase() : null;
}

function sameSequence(gold: Sequence, answer: Sequence, options: Equivalence): boolean {
  const same = (a: Value, b: Value) => isEquivalent(a, b, options);
  const [a, b] = [gold.items, answer.items];
  if (options.isList) return sameInOrder(a, b, same);
  const isLoose = ({ open }: Sequence) => open === '' || open === '±';
  const isSet = ({ open }: Sequence) => open === '{';
  if (isSet(gold) && isSet(answer)) {
    return (
      a.every((item) => b.some((other) => same(item, other))) && b.every((item) => a.some((other) => same(other, item)))
    );
  }
  if ((isLoose(gold) || isSet(gold)) && (isLoose(answer) || isSet(answer))) return sameInAnyOrder(a, b, same);
  // A pair in brackets is an interval too: whether it is open or closed matters.
  const isInterval = gold.items.length === 2 && !isLoose(gold) && !isSet(gold);
  const isHalfOpen = (answer.open === '(') !== (answer.close === ')');
  const bracketsAgree = gold.open === answer.open && gold.close === answer.close;
  const isTuple = gold.open === '(' && gold.close === ')' && (isLoose(answer) || isSet(answer));
  if (isInterval ? !bracketsAgree && !isTuple : isHalfOpen) return false;
  return sameInOrder(a, b, same);
}

function sameInOrder<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => same(item, b[i]!));
}

function sameInAnyOrder(
  gold: readonly Value[],
  answer: readonly Value[],
  same: (a: Value, b: Value) => boolean,
): boolean {
  if (gold.length !== answer.length) return false;
  const left = [...answer];
  return gold.every((item) => {
    const found = left.findIndex((other) => same(item, other));
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

type Numeric = Extract<Value, { kind: 'number' | 'expression' }>;

function sameNumber(gold: Numeric, answer: Numeric, { precision }: Equivalence): boolean {
  const [a, b] = [exactOf(gold), exactOf(answer)];
  if (a && b && precision === null) return equals(a, b) || isApproximation(gold, answer, a, b);
  const [left, right] = [expressionOf(gold), expressionOf(answer)];
  if (JSON.stringify(left) === JSON.stringify(right)) return true;
  if (!isOfBoundedSize(left) || !isOfBoundedSize(right)) return false;
  if (precision !== null && precision >= 0 && precision <= 100) {
    if (a && b) {
      const [goldRounded, answerRounded] = [rounded(a, precision), rounded(b, precision)];
      return goldRounded !== null && answerRounded !== null && equals(goldRounded, answerRounded);
    }
    const [x, y] = [realValue(left), realValue(right)];
    if (x !== null && y !== null) return Number(x.toFixed(precision)) === Number(y.toFixed(precision));
  }
  const [goldSign, answerSign] = [infinityOf(left), infinityOf(right)];
  if (goldSign !== 0 || answerSign !== 0) return goldSign === answerSign;
  return agreeEverywhere(left, right) || isApproximation(gold, answer, a, b);
}

/** 0.333333 for 1/3, 1.414214 for √2; but 0.3333 is another number. */
function isApproximation(gold: Numeric, answer: Numeric, a: Rational | null, b: Rational | null): boolean {
  for (const [written, exact, other] of [
    [gold, b, answer],
    [answer, a, gold],
  ] as const) {
    const decimals = written.kind === 'number' ? written.decimals : decimalsOf(written.expression);
    const isOther = other.kind === 'number' ? other.decimals : decimalsOf(other.expression);
    if (decimals === null || decimals < approximationDecimals || isOther !== null) continue;
    const mine = written.kind === 'number' ? written.value : exactValue(written.expression);
    if (exact && mine) {
      const nearest = rounded(exact, decimals);
      return nearest !== null && equals(nearest, mine);
    }
    const value = realValue(expressionOf(other));
    const approximation = realValue(expressionOf(written));
    const slack = 0.5000001 * 10 ** -decimals + 1e-12;
    if (value !== null && approximation !== null) return Math.abs(value - approximation) <= slack;
  }
  return false;
}

function exactOf(value: Numeric): Rational | null {
  return value.kind === 'number' ? value.value : exactValue(value.expression);
}

function expressionOf(value: Numeric): Expression {
  if (value.kind === 'expression') return value.expression;
  const { numerator, denominator } = value.value;
  const literal = (n: bigint): Expression => ({ num: String(n) });
  return denominator === 1n ? literal(numerator) : ['Divide', literal(numerator), literal(denominator)];
}

/** 1, -1, or 0 for what is not infinite. */
function infinityOf(expression: Expression): number {
  if (expression === 'PositiveInfinity') return 1;
  if (expression === 'NegativeInfinity') return -1;
  const [operand] = operandsOf(expression);
  if (operand === undefined) return 0;
  if (headOf(expression) === 'Negate') return -infinityOf(operand);
  return headOf(expression) === 'Delimiter' ? infinityOf(operand) : 0;
}
