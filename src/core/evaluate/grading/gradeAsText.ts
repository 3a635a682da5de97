import { extractAnswer, sameText } from './extract';
import type { Grade, GradeRequest } from './grade';

/** Judges an answer without looking at what its formulas mean: where gradeAnswer.ts came to no end. */
export function gradeAsText({ gold, text }: GradeRequest): Grade {
  const extracted = extractAnswer(text)?.text ?? null;
  return { extracted, correct: extracted !== null && sameText(gold.answer, extracted) };
}
