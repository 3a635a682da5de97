import type { Gold } from '../dataset';
import { chosen, rightChoice } from './choices';
import { extractAnswer } from './extract';
import type { Grade } from './grade';
import { sameAnswer } from './math';

/**
 * The rule `mathvista`: the official code's normalisation and comparison (github.com/lupantech/MathVista,
 * evaluation/extract_answer.py and calculate_score.py, with `int(precision)`), defects included, so that scores can be
 * laid beside published ones. Of several choices always the one is taken that has the least edit distance: an empty
 * answer can be right, see the floor. In place of the model that extracts answers there stands the rule `math`'s
 * extraction; quick_extract's pattern goes before it.
 */
export async function mathvistaGrade(gold: Gold, text: string): Promise<Grade> {
  const extraction = await extracted(gold, text);
  const right = gold.choices.length > 0 ? (gold.choices[rightChoice(gold) ?? -1] ?? gold.answer) : gold.answer;
  const normalised = normalise(gold, extraction);
  return { extracted: normalised, correct: normalised !== null && normalised === right };
}

async function extracted({ choices, answerType, ...gold }: Gold, text: string): Promise<string> {
  if (text === '' || choices.includes(text)) return text;
  if (answerType === 'integer' && pythonInteger(text) !== null) return pythonInteger(text)!;
  if (answerType === 'float' && pythonFloat(text) !== null) return pythonString(pythonFloat(text)!);
  const quick = /The answer is "(.*)"\./.exec(text)?.[1];
  if (quick !== undefined) return quick;
  if (choices.length > 0) {
    const index = await chosen(text, choices, (choice, answer) =>
      sameAnswer({ ...gold, choices: [], answerType, answer: choice }, answer),
    );
    if (index !== null) return choices[index]!;
  }
  return extractAnswer(text)?.text ?? '';
}

function normalise({ choices, answerType, precision }: Gold, extraction: string): string | null {
  if (choices.length > 0) {
    const stripped = extraction.trim();
    const letter = /\(([a-zA-Z])\)/.exec(stripped)?.[1]?.toUpperCase() ?? stripped;
    const index = /^[A-Z]$/.test(letter) ? letter.charCodeAt(0) - 65 : choices.length;
    return index < choices.length ? choices[index]! : mostSimilar(letter, choices);
  }
  if (answerType === 'integer') {
    const value = pythonFloat(extraction);
    return value === null || !Number.isFinite(value) ? null : String(BigInt(Math.trunc(value)));
  }
  if (answerType === 'float') {
    const value = pythonFloat(extraction);
    return value === null || precision === null ? null : pythonString(pythonRound(value, Math.trunc(precision)));
  }
  return extraction;
}

function mostSimilar(text: string, choices: readonly string[]): string {
  const distances = choices.map((choice) => editDistance(text, choice));
  return choices[distances.indexOf(Math.min(...distances))]!;
}

/** Characters of a text that are compared with a choice: bounds the time. */
const comparedLength = 2000;

/** Levenshtein's distance: insertions, deletions and replacements of one character. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [[...a.slice(0, comparedLength)], [...b.slice(0, comparedLength)]];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, character] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (character === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}

/** Python's `str(int(text))`; null where it raises. */
function pythonInteger(text: string): string | null {
  const digits = /^[+-]?\d+(?:_\d+)*$/.exec(text.trim())?.[0];
  return digits === undefined || digits.length > 400 ? null : String(BigInt(digits.replace(/[+_]/g, '')));
}

/** Python's `float(text)`; null where it raises. */
function pythonFloat(text: string): number | null {
  const plain = text.trim();
  if (plain.length > 400) return null;
  if (/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(plain))
    return Number(plain.replaceAll('_', ''));
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(plain);
  return infinity ? (infinity[1] === '-' ? -Infinity : Infinity) : null;
}

/** Python's `round`: to the nearest, and an exact half to the even neighbour. */
function pythonRound(value: number, decimals: number): number {
  if (!Number.isFinite(value) || decimals < 0 || decimals > 20) return value;
  const scaled = value * 10 ** decimals;
  // A half is exact in binary where more digits show nothing after it.
  const isHalf =
    Math.abs(scaled % 1) === 0.5 && Number(value.toFixed(Math.min(100, decimals + 40))) === value && isDyadic(value);
  if (isHalf) return (2 * Math.round(scaled / 2)) / 10 ** decimals;
  return Number(value.toFixed(decimals));
}

function isDyadic(value: number): boolean {
  return Number.isInteger(value * 2 ** 20);
}

/** Python's `str` of a float. */
function pythonString(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}
