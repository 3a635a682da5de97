import type { Gold } from '../dataset';

/**
 * How answers are judged: `math` extracts the answer and compares it mathematically; `mathvista` as the official
 * MathVista code does; `authors` as the paper's code does.
 */
export const gradingRules = ['math', 'mathvista', 'authors'] as const;
export type GradingRule = (typeof gradingRules)[number];

export interface GradeRequest {
  readonly gold: Gold;
  /** The whole answer. */
  readonly text: string;
  readonly rule: GradingRule;
}

export interface Grade {
  /** What was taken for the answer; null where there is none. */
  readonly extracted: string | null;
  readonly correct: boolean;
}

/** Judges answers. Both sides are strangers' texts: it works in a child process with limits. */
export interface Grader {
  grade(requests: readonly GradeRequest[]): Promise<Grade[]>;
  /** Why a right answer cannot be compared with anything; null where it can. */
  problems(golds: readonly Gold[]): Promise<(string | null)[]>;
}
