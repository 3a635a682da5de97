import { type Expression } from './latexReader';
import { areProportional } from './sampling';
import { isName, type Relation, type RelationSign, type Value } from './value';

type Same = (gold: Value, answer: Value) => boolean;

/** What `x = 5`, `f(x) = a = 5` or `x ∈ S` gives its name; any other value is itself. Null for other relations. */
export function assignedValue(value: Value): Value | null {
  if (value.kind !== 'relation') return value;
  const [first] = value.sides;
  const assigns = value.signs.every((sign) => sign === '=') || (value.signs.length === 1 && value.signs[0] === '∈');
  return assigns && isName(first!.text) ? value.sides.at(-1)!.value : null;
}

const infinite: Value = { kind: 'expression', expression: 'PositiveInfinity', unit: null };
const minusInfinite: Value = { kind: 'expression', expression: ['Negate', 'PositiveInfinity'], unit: null };

/** The interval that `a < x ≤ b` or `x > a` bounds; any value that is no relation is itself. Null for the rest. */
export function asInterval(value: Value): Value | null {
  if (value.kind !== 'relation') return value;
  const rising = value.signs.every((sign) => sign === '<' || sign === '≤') ? value : reversed(value);
  if (!rising) return null;
  const [a, b, c] = rising.sides;
  const closed = rising.signs.map((sign) => sign === '≤');
  if (c && rising.sides.length === 3 && isName(b!.text)) {
    return { kind: 'sequence', open: closed[0] ? '[' : '(', close: closed[1] ? ']' : ')', items: [a!.value, c.value] };
  }
  if (rising.sides.length !== 2) return null;
  if (isName(a!.text))
    return { kind: 'sequence', open: '(', close: closed[0] ? ']' : ')', items: [minusInfinite, b!.value] };
  return isName(b!.text)
    ? { kind: 'sequence', open: closed[0] ? '[' : '(', close: ')', items: [a!.value, infinite] }
    : null;
}

function reversed({ sides, signs }: Relation): Relation | null {
  if (!signs.every((sign) => sign === '>' || sign === '≥')) return null;
  const flipped = signs.map((sign): RelationSign => (sign === '>' ? '<' : '≤'));
  return { kind: 'relation', sides: sides.toReversed(), signs: flipped.toReversed() };
}

/**
 * Whether two relations, or lists of them, say the same: the same name has the same value, or every equation and
 * inequality of the one is a multiple of one of the other.
 */
export function sameRelations(gold: Value, answer: Value, same: Same): boolean {
  if (gold.kind === 'relation' && answer.kind === 'relation') {
    const [a, b] = [assignedValue(gold), assignedValue(answer)];
    if (a && b && sameName(gold, answer) && same(a, b)) return true;
    const [interval, other] = [asInterval(gold) ?? setOf(gold), asInterval(answer) ?? setOf(answer)];
    if (interval && other && subjectOf(gold) === subjectOf(answer) && same(interval, other)) return true;
    if (gold.signs.length === answer.signs.length && sidesAgree(gold, answer, same)) return true;
  }
  const [left, right] = [pairsOf(gold), pairsOf(answer)];
  if (!left || !right || left.length !== right.length) return false;
  const rest = [...right];
  return left.every((pair) => {
    const found = rest.findIndex((other) => samePair(pair, other));
    if (found >= 0) rest.splice(found, 1);
    return found >= 0;
  });
}

function setOf(value: Relation): Value | null {
  return value.signs[0] === '∈' ? assignedValue(value) : null;
}

/** The name that an interval or a set is said of. */
function subjectOf({ sides }: Relation): string | undefined {
  return sides.map(({ text }) => text.replace(/\s+/g, '')).find((text) => isName(text));
}

/** `f(x)` and `f` are the same name, `x` and `y` are not. */
function sameName(gold: Relation, answer: Relation): boolean {
  const name = ({ sides }: Relation) => sides[0]!.text.replace(/[\s{}]/g, '');
  return name(gold) === name(answer);
}

function sidesAgree(gold: Relation, answer: Relation, same: Same): boolean {
  return (
    gold.signs.every((sign, i) => sign === answer.signs[i]) &&
    gold.sides.every(({ value, text }, i) => {
      const other = answer.sides[i]!;
      return text.replace(/\s+/g, '') === other.text.replace(/\s+/g, '') || same(value, other.value);
    })
  );
}

/** difference `sign` 0, with `>` and `≥` turned round. */
interface Pair {
  readonly difference: Expression;
  readonly sign: '=' | '≠' | '<' | '≤';
}

function pairsOf(value: Value): Pair[] | null {
  if (value.kind === 'sequence' && value.open === '') {
    const pairs = value.items.map((item) => (item.kind === 'relation' ? pairsOf(item) : null));
    return pairs.every((some) => some !== null) ? pairs.flat() : null;
  }
  if (value.kind !== 'relation') return null;
  const pairs: Pair[] = [];
  for (const [i, sign] of value.signs.entries()) {
    const [left, right] = [expressionOf(value.sides[i]!.value), expressionOf(value.sides[i + 1]!.value)];
    if (left === null || right === null || sign === '∈') return null;
    if (sign === '>' || sign === '≥')
      pairs.push({ difference: ['Subtract', right, left], sign: sign === '>' ? '<' : '≤' });
    else pairs.push({ difference: ['Subtract', left, right], sign });
  }
  return pairs;
}

function samePair(a: Pair, b: Pair): boolean {
  return a.sign === b.sign && areProportional(a.difference, b.difference, a.sign === '<' || a.sign === '≤');
}

function expressionOf(value: Value): Expression | null {
  if (value.kind === 'expression') return value.expression;
  if (value.kind !== 'number') return null;
  return ['Divide', { num: String(value.value.numerator) }, { num: String(value.value.denominator) }];
}
