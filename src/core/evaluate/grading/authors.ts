import type { Gold } from '../dataset';
import type { Grade } from './grade';
import { sameAnswer } from './math';

/**
 * The rule `authors`: `_extract_answer` and `_check_answer` of the paper's code (github.com/xirui-li/Frankenstein,
 * scripts/transferability_test.py), defects included: a leading digit is taken for an option's label, the first tag
 * counts, nine tenths of a text are all of it, and numbers within 1 % are equal. In place of Math-Verify stands the
 * rule `math`'s comparison.
 */
export async function authorsGrade(gold: Gold, text: string): Promise<Grade> {
  const predicted = predictedAnswer(text, gold.choices.length > 0);
  return { extracted: predicted === '' ? null : predicted, correct: await isCorrect(gold, predicted, text) };
}

function predictedAnswer(text: string, isMultipleChoice: boolean): string {
  if (text === '') return '';
  const extracted = tagBoxOrNumber(text)?.trim();
  if (extracted) {
    const labelled = /^\s*[A-Ha-h0-9]\s*[.):-]\s*(.+?)\s*$/.exec(extracted)?.[1];
    if (labelled !== undefined) return labelled.trim();
    return /^[A-H]$/i.test(extracted) ? extracted.toUpperCase() : extracted;
  }
  const letter = isMultipleChoice ? optionLetter(text) : null;
  if (letter !== null) return letter;
  // Python's $ also stands before a line's end that is the text's.
  for (const pattern of [
    /(?:the\s+)?(?:final\s+)?answer\s*(?:is|:)\s*[:\s]*(.+?)(?:\.|\n?$)/i,
    /(?:therefore|thus|hence|so)[,\s]+(?:the\s+)?(?:answer\s+is\s+)?(.+?)(?:\.|\n?$)/i,
  ]) {
    const result = pattern.exec(text)?.[1]?.trim();
    if (result && result.length < 100) return result;
  }
  const numbers = text.match(/-?\d+\.?\d*/g);
  return numbers?.at(-1) ?? text.trim().slice(-50);
}

function tagBoxOrNumber(text: string): string | null {
  const tagged = /<answer>([\s\S]*?)<\/answer>/i.exec(text)?.[1];
  if (tagged !== undefined) return tagged.trim();
  const boxed = lastBox(text);
  if (boxed) return boxed;
  for (const line of text.trim().split('\n').reverse()) {
    const number = /(-?\d+\.?\d*)\s*$/.exec(line.trim())?.[1];
    if (number !== undefined) return number;
  }
  return null;
}

function lastBox(text: string): string | null {
  const start = text.lastIndexOf('\\boxed{');
  if (start < 0) return null;
  let depth = 1;
  let end = start + '\\boxed{'.length;
  const from = end;
  for (; end < text.length && depth > 0; end++) {
    if (text[end] === '{') depth++;
    else if (text[end] === '}') depth--;
  }
  return depth === 0 ? text.slice(from, end - 1).trim() : null;
}

const optionPatterns = [
  /<answer>\s*([A-H])\s*<\/answer>/i,
  /\\boxed\{\s*([A-H])\s*\}/i,
  /[Tt]he\s+(?:correct\s+)?answer\s+is\s*:?\s*\(?([A-H])\)?/,
  /[Aa]nswer\s*:\s*\(?([A-H])\)?/,
  /\(([A-H])\)\s*$/,
  /^([A-H])\.$/m,
  /\*\*([A-H])\*\*/,
  /(?:option|choice)\s+([A-H])/i,
  /([A-H])\s*(?:is|would be)\s+(?:the\s+)?(?:correct|right|best)/i,
  /(?:select|choose)\s+([A-H])/i,
];

function optionLetter(text: string): string | null {
  const trimmed = text.trim();
  for (const pattern of optionPatterns) {
    const letter = pattern.exec(trimmed)?.[1];
    if (letter !== undefined) return letter.toUpperCase();
  }
  return /\b([A-H])\b/.exec(trimmed.slice(-100))?.[1] ?? null;
}

async function isCorrect(gold: Gold, predicted: string, text: string): Promise<boolean> {
  if (predicted === '' || gold.answer === '') return false;
  const [answer, right] = [predicted.trim(), gold.answer.trim()];
  const [a, b] = [answer, right].map((value) => value.toLowerCase().replaceAll(' ', '')) as [string, string];
  if (/^[A-H]$/i.test(right)) {
    const letter = right.toUpperCase();
    return optionLetter(answer) === letter || optionLetter(text) === letter;
  }
  if (/^[A-H]$/i.test(answer)) {
    const choice = gold.choices[answer.toUpperCase().charCodeAt(0) - 65];
    if (choice?.trim().toLowerCase().replaceAll(' ', '') === b) return true;
  }
  if (a === b || (a.includes(b) && b.length >= 0.9 * a.length) || (b.includes(a) && a.length >= 0.9 * b.length))
    return true;
  if (await sameAnswer({ ...gold, choices: [], unit: null, precision: null, answerType: null }, answer)) return true;
  const [x, y] = [a, b].map(looseNumber) as [number, number];
  return Math.abs(x - y) < 1e-6 || (y !== 0 && Math.abs(x - y) / Math.abs(y) < 0.01);
}

/** NaN, which is near nothing, for what is no number. */
function looseNumber(text: string): number {
  const plain = text.replace(/[,%]/g, '');
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(plain) ? Number(plain) : NaN;
}
