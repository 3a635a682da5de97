import type { Floor } from '../../../shared/evaluateResults';
import type { Gold } from '../dataset';
import { choiceLetter } from '../prompts';
import type { Grader, GradingRule } from './grade';

/** Constant answers that are tried: the most frequent right ones. */
const candidateLimit = 20;

/**
 * What answers that know nothing score: an empty one, and the best that is the same for every item. For multiple choice
 * the letters are tried as well.
 * @param golds at least one
 */
export async function floorOf(golds: readonly Gold[], rule: GradingRule, grader: Grader): Promise<Floor> {
  const share = async (text: string) => {
    const grades = await grader.grade(golds.map((gold) => ({ gold, text, rule })));
    return grades.filter(({ correct }) => correct).length / golds.length;
  };
  let best = { constant: -1, constantAnswer: '' };
  for (const candidate of candidates(golds)) {
    const constant = await share(candidate);
    if (constant > best.constant) best = { constant, constantAnswer: candidate };
  }
  return { empty: await share(''), ...best };
}

function candidates(golds: readonly Gold[]): string[] {
  const counts = new Map<string, number>();
  for (const { answer } of golds) counts.set(answer.trim(), (counts.get(answer.trim()) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([answer]) => answer);
  const most = Math.min(26, Math.max(...golds.map(({ choices }) => choices.length)));
  const letters = Array.from({ length: most }, (_, i) => choiceLetter(i));
  return [...new Set([...frequent.slice(0, candidateLimit), ...letters])];
}
