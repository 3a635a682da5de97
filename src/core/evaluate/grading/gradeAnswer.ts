import type { Gold } from '../dataset';
import { authorsGrade } from './authors';
import { rightChoice } from './choices';
import type { Grade, GradeRequest } from './grade';
import { gradeByMath, readsAsMath } from './math';
import { mathvistaGrade } from './mathvista';

/** Judges one answer. Pure; may take long on hostile texts: call it in the sandbox. */
export function gradeAnswer({ gold, text, rule }: GradeRequest): Promise<Grade> {
  switch (rule) {
    case 'math':
      return gradeByMath(gold, text);
    case 'mathvista':
      return mathvistaGrade(gold, text);
    case 'authors':
      return authorsGrade(gold, text);
  }
}

/** Why a right answer cannot be compared with anything; null where it can. */
export async function goldProblem(gold: Gold): Promise<string | null> {
  if (gold.answer.trim() === '') return 'the answer is empty';
  if (gold.choices.length > 0) {
    return rightChoice(gold) === null
      ? `the answer "${shortened(gold.answer)}" is neither a choice nor its letter`
      : null;
  }
  if (await readsAsMath(gold)) return null;
  return `the answer "${shortened(gold.answer)}" is LaTeX that cannot be read: it could only be compared as text`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
