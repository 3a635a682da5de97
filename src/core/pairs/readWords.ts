import { InputError } from '../../shared/errors';
import { readTextFile } from '../files/containedFile';

const fileLimit = 1 << 20;
const mostWords = 10_000;
const longest = 40;

/**
 * The words of a file, one in a line, each once: words that differ in case or punctuation alone are one, as they are the
 * same answer.
 * @throws InputError naming the line of what is no word
 */
export async function readWords(file: string): Promise<string[]> {
  const words = new Map<string, string>();
  const text = await readTextFile(file, { limit: fileLimit });
  for (const [i, line] of text.split('\n').entries()) {
    const word = line.trim().normalize('NFC');
    if (word === '') continue;
    const problem = problemOf(word);
    if (problem) throw new InputError(`${file}:${i + 1}: ${problem}`, 'Write one word in each line.');
    const answer = answerOf(word);
    if (!words.has(answer)) words.set(answer, word);
    if (words.size > mostWords) throw new InputError(`${file} has more than ${mostWords} words`, 'Choose fewer.');
  }
  if (words.size < 2) throw new InputError(`${file} has ${words.size} words`, 'A pair shows two different ones.');
  return [...words.values()];
}

/** Scripts whose letters join, move or run from the right: setting them takes more than letter after letter. */
const needsShaping =
  /[\p{M}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Mongolian}]/u;

function problemOf(word: string): string | null {
  if (/[\s\p{C}]/u.test(word)) return 'more than one word';
  if ([...word].length > longest) return `a word of more than ${longest} letters`;
  if (needsShaping.test(word)) return `"${word}" is in a script that cannot be set here`;
  return answerOf(word) === '' ? `"${word}" has no letter` : null;
}

/** As answers are compared (core/probe/judge.ts): lower case without punctuation. */
function answerOf(word: string): string {
  return word.toLowerCase().replace(/[\p{P}\p{S}]/gu, '');
}
