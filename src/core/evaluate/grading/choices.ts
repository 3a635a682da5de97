import { choiceLetter } from '../prompts';
import type { Gold } from '../dataset';
import { answerClause, extractAnswer, sameText, taggedAnswer, withoutThoughts } from './extract';
import { plainNotation, plainWords, withoutWordBoxes } from './notation';

/** Whether an answer and a choice say the same. */
export type SameAnswer = (choice: string, answer: string) => Promise<boolean>;

/** Characters at the end of a text in which a letter may stand that nothing else marks. */
const tailLength = 300;

/** Which choice is right; null where the answer is neither a choice nor a letter of one. */
export function rightChoice({ answer, choices }: Gold): number | null {
  const exact = choices.findIndex((choice) => choice.trim() === answer.trim());
  const alike = exact >= 0 ? exact : choices.findIndex((choice) => plainWords(choice) === plainWords(answer));
  return alike >= 0 ? alike : letterOf(answer, choices.length);
}

/**
 * Which choice an answer names, by its text or its letter. A text that resembles a choice is none, and neither is the
 * article "A". Null where it names none.
 */
export async function chosen(text: string, choices: readonly string[], same: SameAnswer): Promise<number | null> {
  const spoken = withoutThoughts(text);
  const repeated = choices.findIndex((choice) => sameText(choice, spoken));
  if (repeated >= 0) return repeated;
  const found = extractAnswer(text);
  const tagged = taggedAnswer(spoken);
  const isWhole = found?.where === 'box' || found?.where === 'whole';
  const clause = found?.where === 'box' ? null : answerClause(tagged ?? spoken);
  for (const candidate of [tagged, isWhole ? found.text : null, clause]) {
    const index = candidate === null ? null : await named(candidate, choices, same);
    if (index !== null) return index;
  }
  const sentence = clause ?? tagged;
  const letter =
    sentence === null
      ? lettersIn(spoken.slice(-tailLength), choices.length).at(-1)
      : lettersIn(sentence, choices.length)[0];
  if (letter !== undefined && found?.where !== 'box') return letter;
  return found && !isWhole ? named(found.text, choices, same) : null;
}

async function named(candidate: string, choices: readonly string[], same: SameAnswer): Promise<number | null> {
  const words = plainWords(candidate);
  const byText = choices.findIndex((choice) => words !== '' && plainWords(choice) === words);
  if (byText >= 0) return byText;
  const letter = letterOf(candidate, choices.length);
  if (letter !== null) return letter;
  const equal: number[] = [];
  for (const [i, choice] of choices.entries()) if (await same(choice, candidate)) equal.push(i);
  return equal.length === 1 ? equal[0]! : null;
}

const letterForms = [
  /^[([]?([A-Za-z])[)\]]?[.:]?$/,
  /^(?:the\s+)?(?:correct\s+)?(?:option|choice|answer)(?:\s+is)?\s*:?\s*[([]?([A-Za-z])[)\]]?(?:[.:)]|$)/i,
  /^[([]([A-Za-z])[)\]]\s*\S/,
  /^([A-Za-z])\s*[.):]\s+\S/,
  /^([A-Z])[.):]\S/,
];

/** The choice whose letter an answer is or begins with: `B`, `(b)`, `B.`, `Option B`, `B) text`. */
function letterOf(answer: string, count: number): number | null {
  const text = withoutWordBoxes(plainNotation(answer));
  for (const form of letterForms) {
    const letter = form.exec(text)?.[1];
    if (letter !== undefined) return indexOfLetter(letter, count);
  }
  return null;
}

const letterInText =
  /\(([A-Z])\)|\b(?:option|choice|answer)\s+(?:is\s+)?[(*]*([A-Z])(?![\w'’])|\*\*\(?([A-Z])\)?\.?\*\*|(?<![\w'’(\\])([B-HJ-Z])(?![\w'’])|(?<![\w'’(\\])(A)(?=[.,;:)!?*]|\s*$)/g;

/** Choices whose letters a text names, in order. */
function lettersIn(text: string, count: number): number[] {
  return [...text.matchAll(letterInText)].flatMap((match) => {
    const index = indexOfLetter(
      match.slice(1).find((group) => group !== undefined)!,
      count,
    );
    return index === null ? [] : [index];
  });
}

function indexOfLetter(letter: string, count: number): number | null {
  const index = letter.toUpperCase().charCodeAt(0) - choiceLetter(0).charCodeAt(0);
  return index < count ? index : null;
}
