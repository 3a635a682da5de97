import type { Gold } from '../dataset';
import { chosen, rightChoice } from './choices';
import { isEquivalent } from './equivalent';
import { extractAnswer, sameText, taggedAnswer, withoutThoughts } from './extract';
import type { Grade } from './grade';
import { latexReader } from './latexReader';
import { plainNotation, plainWords } from './notation';
import { plainUnit, readQuantity } from './quantity';
import { readValue, type Value } from './value';

/**
 * The rule `math`: takes the answer from the text (extract.ts) and compares it mathematically.
 *
 * A percentage is a number of hundredths, 50 % = 0.5 and not 50, unless the right answer's unit is percent; a unit that
 * is left out is no error, a wrong one is; decimals count as written, so that 0.33 is no 1/3, unless the right answer
 * has a precision to round to.
 */
export async function gradeByMath(gold: Gold, text: string): Promise<Grade> {
  if (gold.choices.length > 0) return gradeChoice(gold, text);
  const spoken = withoutThoughts(text);
  const stated = taggedAnswer(spoken) ?? spoken.trim();
  if (sameText(gold.answer, stated)) return { extracted: stated, correct: true };
  const extracted = extractAnswer(text)?.text ?? null;
  return { extracted, correct: extracted !== null && (await sameAnswer(gold, extracted)) };
}

async function gradeChoice(gold: Gold, text: string): Promise<Grade> {
  const index = await chosen(text, gold.choices, (choice, answer) => sameAnswer({ ...gold, answer: choice }, answer));
  if (index === null) return { extracted: extractAnswer(text)?.text ?? null, correct: false };
  const extracted = gold.choices[index]!;
  const right = rightChoice(gold);
  // The same choice may be there twice.
  return { extracted, correct: right !== null && plainWords(extracted) === plainWords(gold.choices[right]!) };
}

/** Whether an answer, already extracted, says what the right one says. */
export async function sameAnswer(gold: Gold, answer: string): Promise<boolean> {
  if (sameText(gold.answer, answer)) return true;
  const unit = gold.unit?.trim() ? plainUnit(gold.unit) : null;
  const percentIsUnit = unit === '%';
  const options = { precision: gold.precision, isList: gold.answerType === 'list' };
  const bare = unit === null ? answer : withoutUnit(answer, gold.unit!);
  const withUnit = (value: Value): Value =>
    (value.kind === 'number' || value.kind === 'expression') && value.unit === null ? { ...value, unit } : value;
  const numbers = [gold.answer, bare].map((text) => readQuantity(plainNotation(text), percentIsUnit));
  const [a, b] = numbers;
  // Most answers are numbers: they need no parser.
  if (a && b) return isEquivalent(withUnit({ kind: 'number', ...a }), { kind: 'number', ...b }, options);
  const reader = { latex: await latexReader(), percentIsUnit };
  return isEquivalent(withUnit(readValue(gold.answer, reader)), readValue(bare, reader), options);
}

/** Whether a right answer that looks like LaTeX can be read as such. */
export async function readsAsMath(gold: Gold): Promise<boolean> {
  if (!/\\[a-zA-Z]|[{}]/.test(gold.answer)) return true;
  const value = readValue(gold.answer, { latex: await latexReader(), percentIsUnit: false });
  return value.kind !== 'words' || !/[\\{}^]/.test(value.words);
}

/** The right answer's own unit, even where it could be a variable: "5 m". */
function withoutUnit(answer: string, unit: string): string {
  const text = answer.trim();
  const before = text.slice(0, -unit.length);
  return text.endsWith(unit) && /[\d\s})]$/.test(before) ? before : answer;
}
