/** Numbers in digits and their units. */
import { plainNotation, withoutWordBoxes } from './notation';
import { add, decimal, divide, negate, type Rational, rational } from './rational';

export interface Quantity {
  readonly value: Rational;
  /** The decimals written; null for fractions and percentages. */
  readonly decimals: number | null;
  /** In plain words; null where none is written. */
  readonly unit: string | null;
}

const lengthLimit = 400;
const hundred: Rational = { numerator: 100n, denominator: 1n };

const digits = String.raw`[+-]?\s*(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)`;
const quantityPattern = new RegExp(
  `^(${digits})\\s*(?:/\\s*(\\d+(?:\\.\\d+)?)|[eE]([+-]?\\d{1,4})(?![\\w]))?(.*)$`,
  's',
);
const mixedPattern = /^([+-]?)\s*(\d+) (\d+)\/(\d+)$/;

/**
 * A number with or without thousands separators, as a fraction or a mixed number, perhaps with a unit. `14%` is 14/100.
 * `32, 349` is none: there is no space in a separator. Null for anything else.
 * @param percentIsUnit leaves 14% at 14
 */
export function readQuantity(text: string, percentIsUnit: boolean): Quantity | null {
  if (text.length > lengthLimit) return null;
  const mixed = mixedPattern.exec(text);
  if (mixed) return mixedNumber(mixed as unknown as [string, string, string, string, string]);
  const match = quantityPattern.exec(text);
  if (!match) return null;
  const [, written, below, exponent, rest] = match;
  const isPercent = /^\s*%/.test(rest!);
  const unit = unitOf(isPercent && !percentIsUnit ? rest!.replace('%', '') : rest!);
  if (unit === undefined) return null;
  const plain = written!.replace(/[,\s]/g, '');
  const number = decimal(exponent === undefined ? plain : `${plain}e${exponent}`);
  const divisor = below === undefined ? null : decimal(below);
  const fraction = number && divisor ? divide(number, divisor) : number;
  const value = fraction && isPercent && !percentIsUnit ? divide(fraction, hundred) : fraction;
  if (!value) return null;
  const isPlain = below === undefined && exponent === undefined && !isPercent;
  return { value, decimals: isPlain ? (plain.split('.')[1]?.length ?? null) : null, unit };
}

function mixedNumber([, sign, whole, above, below]: [string, string, string, string, string]): Quantity | null {
  const part = rational(BigInt(above), BigInt(below));
  const value = part && add(rational(BigInt(whole))!, part);
  return value && { value: sign === '-' ? negate(value) : value, decimals: null, unit: null };
}

/** Unit signs that are recognised directly behind a number. Single letters could be variables. */
const signs = new Set(
  'mm cm dm km nm kg mg lb lbs oz ml cl ft in yd mi hr hrs min sec ms kj kw kwh hz mhz ghz mph kmh kmph rpm pa kpa mol usd'.split(
    ' ',
  ),
);
/** Words behind a number that are no unit. */
const notUnits = new Set('and or mod to if for sin cos tan cot sec csc log exp sqrt arcsin arccos arctan'.split(' '));

/** Null for no unit, undefined where `rest` is something else: up to three words, perhaps with a power. */
function unitOf(rest: string): string | null | undefined {
  const text = rest.trim();
  if (text === '') return null;
  if (text === '%') return '%';
  if (/^\^\\circ\s*[CFK]?$/.test(text)) return 'degree';
  const words = withoutWordBoxes(text);
  if (!isUnit(words, words !== text, /^\s/.test(rest))) return undefined;
  return plainUnit(words);
}

const unitPattern = /^(\p{L}[\p{L}.'-]*)(?:[ /](?:\p{L}[\p{L}.'-]*)){0,3}\s*(?:\^?\s*\{?-?[1-9]\}?)?$/u;

/** @param isBoxed by \text or the like: then a single letter is a unit too */
export function isUnit(words: string, isBoxed: boolean, isSpaced: boolean): boolean {
  const first = unitPattern.exec(words)?.[1]?.toLowerCase();
  if (first === undefined || notUnits.has(first)) return false;
  return isBoxed || signs.has(first) || (isSpaced && first.length > 2) || /[^\p{ASCII}\p{Script=Latin}]/u.test(first);
}

const names: Readonly<Record<string, string>> = {
  centimeter: 'cm',
  centimetre: 'cm',
  millimeter: 'mm',
  millimetre: 'mm',
  kilometer: 'km',
  kilometre: 'km',
  meter: 'm',
  metre: 'm',
  in: 'inch',
  inche: 'inch',
  foot: 'ft',
  feet: 'ft',
  yard: 'yd',
  mile: 'mi',
  gram: 'g',
  kilogram: 'kg',
  pound: 'lb',
  ounce: 'oz',
  second: 's',
  sec: 's',
  minute: 'min',
  hour: 'h',
  hr: 'h',
  year: 'yr',
  liter: 'l',
  litre: 'l',
  milliliter: 'ml',
  millilitre: 'ml',
  percent: '%',
  percentage: '%',
};

/** Units that mean the same are spelled the same: `square centimeters` and `cm^2`. */
export function plainUnit(unit: string): string {
  const text = withoutWordBoxes(plainNotation(unit)).toLowerCase();
  if (text === '^\\circ') return 'degree';
  const words = text.replace(/[\s{}.^]+/g, ' ').trim();
  const square = /^(?:sq|square) (.*)$/.exec(words);
  const [name, ...others] = (square ? `${square[1]} 2` : words).split(' ') as [string, ...string[]];
  const singular = name.length > 2 && name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
  return [names[singular] ?? singular, ...others].join(' ');
}
