import type { Expression, LatexReader } from './latexReader';
import { boxedWords, plainNotation, plainWords, withoutWordBoxes } from './notation';
import { isUnit, plainUnit, type Quantity, readQuantity } from './quantity';
import { insideBrackets, splitTopLevel } from './topLevel';

/** What an answer says, as far as its structure decides about equality. */
export type Value =
  | ({ readonly kind: 'number' } & Quantity)
  | { readonly kind: 'expression'; readonly expression: Expression; readonly unit: string | null }
  | { readonly kind: 'words'; readonly words: string }
  | Sequence
  | { readonly kind: 'union'; readonly items: readonly Value[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Value[])[] }
  | Relation;

/** A list, tuple, interval or set. */
export interface Sequence {
  readonly kind: 'sequence';
  /** '' without brackets, '±' for both values of a ± b, '{' for a set. */
  readonly open: '' | '±' | '(' | '[' | '{';
  readonly close: '' | ')' | ']' | '}';
  readonly items: readonly Value[];
}

export interface Relation {
  readonly kind: 'relation';
  readonly sides: readonly Side[];
  /** One less than sides. */
  readonly signs: readonly RelationSign[];
}

export interface Side {
  readonly text: string;
  readonly value: Value;
}

export type RelationSign = '=' | '≠' | '<' | '≤' | '>' | '≥' | '∈';

const lengthLimit = 2000;
/** How deep brackets may lie in each other. */
const depthLimit = 12;
/** Parts of one list. */
const itemLimit = 60;

export interface ValueReader {
  readonly latex: LatexReader;
  /** A percent sign is a unit and no division by 100: where the right answer's unit is percent. */
  readonly percentIsUnit: boolean;
}

/** Reads an answer: structure here, expressions by the library; what is neither is words. */
export function readValue(text: string, reader: ValueReader): Value {
  if (text.length > lengthLimit) return { kind: 'words', words: plainWords(text) };
  return read(plainNotation(text), reader, 0);
}

function read(given: string, reader: ValueReader, depth: number): Value {
  const text = given.trim();
  const words: Value = { kind: 'words', words: plainWords(text) };
  if (depth > depthLimit || text === '') return words;
  const quantity = readQuantity(text, reader.percentIsUnit);
  if (quantity) return { kind: 'number', ...quantity };
  const boxed = boxedWords(text);
  if (boxed !== null) return { kind: 'words', words: plainWords(boxed) };
  const nested = (part: string) => read(part, reader, depth + 1);
  const bare = withoutWordBoxes(text).replace(/[.,;]$/, '');
  return (
    plusMinus(bare, nested) ??
    list(bare, nested) ??
    relation(bare, nested) ??
    union(bare, nested) ??
    matrix(bare, nested) ??
    bracketed(bare, nested) ??
    expression(bare, reader) ??
    words
  );
}

type Nested = (text: string) => Value;

const semicolon = /;/y;
const comma = /[,;]/y;
const separator = /,\s*(?:and|or)\b|[,;]|\s(?:and|or)\s|(?<=[)\]\d}])(?:and|or)(?=[(\d[\\A-Za-z])/y;
const plus = /\\pm(?![a-zA-Z])\s*/g;
const minus = /\\mp(?![a-zA-Z])\s*/g;

/** a ± b is both. */
function plusMinus(text: string, nested: Nested): Value | null {
  if (text.search(plus) < 0 && text.search(minus) < 0) return null;
  if (splitTopLevel(text, separator).length > 1 || insideBrackets(text)) return null;
  const variants = [text.replace(plus, '+').replace(minus, '-'), text.replace(plus, '-').replace(minus, '+')];
  const items = variants.map((variant) => nested(variant.replace(/(^|[=({])\s*\+\s*/g, '$1')));
  return { kind: 'sequence', open: '±', close: '', items };
}

function list(text: string, nested: Nested): Value | null {
  const groups = splitTopLevel(text, semicolon);
  const parts = groups.length > 1 ? groups : splitTopLevel(text, separator);
  if (parts.length < 2 || parts.length > itemLimit || parts.includes('')) return null;
  return { kind: 'sequence', open: '', close: '', items: parts.flatMap((part) => items(nested(part))) };
}

/** ± within a list or a set adds two items to it. */
function items(value: Value): readonly Value[] {
  return value.kind === 'sequence' && value.open === '±' ? value.items : [value];
}

const signs: readonly (readonly [string, RelationSign])[] = [
  ['\\le', '≤'],
  ['\\ge', '≥'],
  ['\\ne', '≠'],
  ['\\in', '∈'],
  ['\\equiv', '='],
  ['<', '<'],
  ['>', '>'],
  ['=', '='],
];
const sign = /\\(?:le|ge|ne|in|equiv)(?![a-zA-Z])|[<>=]/y;
const about = /\\approx(?![a-zA-Z])/y;

function relation(text: string, nested: Nested): Value | null {
  const approximations = splitTopLevel(text, about);
  const [first, second] = approximations as [string, string?];
  // What is about equal to a value repeats it; what a name is about equal to is its value.
  const stated = second !== undefined && isName(first) ? `${first}=${second}` : first;
  const found: RelationSign[] = [];
  const sides = splitTopLevel(stated, sign, (written) =>
    found.push(signs.find(([spelling]) => spelling === written)![1]),
  );
  if (sides.length < 2) return second === undefined ? null : nested(stated);
  if (sides.length > itemLimit || sides.includes('')) return null;
  return { kind: 'relation', sides: sides.map((side) => ({ text: side, value: nested(side) })), signs: found };
}

/** Whether the left side of `… = 5` only says what is 5: a variable, f(x), AB, |AB|, A:B, (x, y), a ratio of lengths. */
export function isName(text: string): boolean {
  const plain = text.replace(/\s+/g, '');
  if (/^(?:e|i|\\pi|\\infty)$/.test(plain)) return false;
  const simple = String.raw`(?:[a-zA-Z]|[A-Z]+|[a-zA-Z]{3,}|\\[a-zA-Z]+)'*(?:_(?:\w|\{[^{}]*\}))?'*`;
  const applied = String.raw`${simple}(?:\^\{-1\})?(?:\([^()=]*\))?`;
  const one = String.raw`(?:${applied}|\|[A-Z]+\||\\(?:overline|angle|triangle)\{?[A-Z]+\}?|\\frac\{[A-Z]+\}\{[A-Z]+\})`;
  return (
    new RegExp(`^(?:${one}(?::${one})*|\\(${one}(?:,${one})*\\))$`).test(plain) ||
    /^[A-Za-z]{3,}(?: [A-Za-z]+)*$/.test(text)
  );
}

function union(text: string, nested: Nested): Value | null {
  const parts = splitTopLevel(text, /\\cup(?![a-zA-Z])/y);
  return parts.length > 1 && parts.length <= itemLimit ? { kind: 'union', items: parts.map(nested) } : null;
}

function bracketed(text: string, nested: Nested): Value | null {
  const brackets = insideBrackets(text);
  if (!brackets) return null;
  const open = brackets.open.replace('\\', '') as '(' | '[' | '{';
  const close = brackets.close.replace('\\', '') as ')' | ']' | '}';
  if ((open === '{') !== (close === '}')) return null;
  const parts = splitTopLevel(brackets.inner, comma);
  const isGroup = parts.length === 1 && (open === '(' || brackets.open === '{');
  if (isGroup) return close === ')' || close === '}' ? nested(brackets.inner) : null;
  if (brackets.inner.trim() === '') return { kind: 'sequence', open, close, items: [] };
  if (parts.length > itemLimit || parts.includes('')) return null;
  return { kind: 'sequence', open, close, items: parts.flatMap((part) => items(nested(part))) };
}

const environment =
  /^[[(]?\s*\\begin\s*\{([bpvB]?matrix|smallmatrix|array)\}(?:\s*\{[lcr| ]*\})?(.*)\\end\s*\{\1\}\s*[\])]?$/s;

function matrix(text: string, nested: Nested): Value | null {
  const body = environment.exec(text)?.[2];
  if (body === undefined || body.includes('\\begin')) return null;
  const rows = body
    .split('\\\\')
    .map((row) => row.replaceAll('\\hline', '').trim())
    .filter((row) => row !== '')
    .map((row) => row.split('&'));
  if (rows.length > itemLimit || rows.some((row) => row.length > itemLimit)) return null;
  return { kind: 'matrix', rows: rows.map((row) => row.map(nested)) };
}

function expression(text: string, { latex, percentIsUnit }: ValueReader): Value | null {
  const [body, unit] = withoutUnit(text);
  if (isProse(body)) return null;
  const isPercent = body.endsWith('%');
  const found = latex(isPercent ? body.slice(0, -1) : body);
  if (found === null) return null;
  if (isPercent && percentIsUnit) return { kind: 'expression', expression: found, unit: '%' };
  return { kind: 'expression', expression: isPercent ? ['Divide', found, 100] : found, unit };
}

/** `\frac{1}{2} cm` → the fraction and the unit; an angle in degrees likewise. */
function withoutUnit(text: string): [string, string | null] {
  const degrees = /^(.*\S)\s*\^\\circ$/s.exec(text)?.[1];
  if (degrees !== undefined && !/\\circ|\\(?:sin|cos|tan)/.test(degrees)) return [degrees, 'degree'];
  const match = /^(.*[\d)}\]]|.*\\pi)(\s+)(\p{L}[^\d\\]*(?:\^?\s*\{?\d\}?)?)$/su.exec(text);
  return match && isUnit(match[3]!, false, true) ? [match[1]!, plainUnit(match[3]!)] : [text, null];
}

const functionName = /^(?:sin|cos|tan|cot|sec|csc|log|exp|sqrt|arcsin|arccos|arctan|sinh|cosh|tanh|infinity|theta)$/;

/** Words are no products of letters: letters alone, four or more in a row, or several groups; nor are sentences. */
function isProse(text: string): boolean {
  if (/\.\s+\S/.test(text)) return true;
  const plain = text.replace(/\\[a-zA-Z]+/g, ' ');
  if (/^[a-zA-Z]{3,}$/.test(text.trim()) || /[^\p{ASCII}\p{Script=Greek}]/u.test(plain)) return true;
  const names = (plain.match(/[a-zA-Z]{2,}/g) ?? []).filter((name) => !functionName.test(name));
  return names.some((name) => name.length > 3) || /[a-zA-Z]{2,}\s+[a-zA-Z]{2,}/.test(plain);
}
