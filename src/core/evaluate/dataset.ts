import type { LeftOut } from '../../shared/evaluateResults';

/** What the right answer of an item is, as far as grading needs it. */
export interface Gold {
  readonly answer: string;
  /** Of multiple choice: what may be chosen, in order; A is the first. The answer is one of them or its letter. */
  readonly choices: readonly string[];
  /** What MathVista says of an answer: text, integer, float, list. Null where nobody says. */
  readonly answerType: 'text' | 'integer' | 'float' | 'list' | null;
  readonly unit: string | null;
  /** Decimals of a float answer. */
  readonly precision: number | null;
}

export interface DatasetItem extends Gold {
  /** Unique in its data set. */
  readonly id: string;
  readonly question: string;
  /** Absolute. Whether there is such an image is seen when it is read. */
  readonly image: string | null;
  /** What a model that cannot see the image is told of it. */
  readonly description: string | null;
  /** Thoughts that lead to the answer, for training. */
  readonly reasoning: string | null;
  readonly category: string | null;
}

export interface DatasetQuery {
  /** At most so many items; all where it is not given. */
  readonly limit?: number | undefined;
  /** Samples `limit` items as the authors do; without it the first are taken. */
  readonly seed?: number | undefined;
  /** Only items of this category. */
  readonly category?: string | undefined;
}

export interface Dataset {
  readonly items: readonly DatasetItem[];
  /** Chosen items that cannot be used: no question, no answer, an id that occurs twice. */
  readonly leftOut: readonly LeftOut[];
  /** Files that decide what is asked, absolute; images not among them. */
  readonly files: readonly string[];
  /** The folder inside which images have to lie, absolute. */
  readonly imageFolder: string;
}
