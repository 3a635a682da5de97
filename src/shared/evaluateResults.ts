/** What an evaluate run comes to, as core computes it, summaries write it and the Abilities panel shows it. */
import type { Setting } from './vocabulary';

/** A line of an evaluate run's rows.jsonl: one answer. */
export interface EvaluateRow {
  readonly key: string;
  readonly checkpoint: string;
  /** An `Ability`; where others' results are read, the name of their task may stand here. */
  readonly ability: string;
  readonly setting: Setting;
  readonly id: string;
  /** Which of several samples, from 0; left out where there is one greedy answer. */
  readonly sample?: number;
  readonly text: string;
  /** What was taken for the answer; null where nothing was found. */
  readonly extracted: string | null;
  readonly correct: boolean;
  /** The answer reached its limit without ending. */
  readonly truncated?: true;
  /** A judge model's verdict beside the rule's, or why there is none; then the rule's stands. */
  readonly judge?: { readonly correct: boolean } | { readonly failed: string };
}

/** An item that has no rows, or whose rows cannot count. */
export interface LeftOut {
  readonly id: string;
  readonly problem: string;
}

/** What answers that know nothing would score, as shares of the items. */
export interface Floor {
  /** An empty answer. */
  readonly empty: number;
  /** The best constant answer. */
  readonly constant: number;
  readonly constantAnswer: string;
}

/** What an evaluate run was asked to do, as its manifest says it: enough to summarise its rows without planning again. */
export interface EvaluateFacts {
  readonly checkpoints: readonly string[];
  /** Those of the chain base → in → rl, in its order. */
  readonly chain: readonly string[];
  /** Per ability. */
  readonly abilities: Readonly<Record<string, EvaluateFactsOfAbility>>;
  /** Answers per item and setting. */
  readonly samples: number;
}

export interface EvaluateFactsOfAbility {
  /** Its data set, as the experiment file names it. */
  readonly dataset: string;
  readonly settings: readonly Setting[];
  /** Ids of the planned items, in order. */
  readonly items: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Null where the items' right answers are not known (others' results). */
  readonly floor: Floor | null;
}

/** A share of items with its 95 % interval: Wilson's, or by bootstrap over items where there are several samples. */
export interface Share {
  readonly n: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface AbilityScore extends Share {
  /** Accuracy in each setting that the ability is made of. */
  readonly settings: Readonly<Partial<Record<Setting, Share>>>;
  /** What the judge model says of the answers it judged, and how often it agrees with the rule. */
  readonly judge?: { readonly n: number; readonly correct: number; readonly agrees: number; readonly failed: number };
}

/** Of items that both have: right by a and by b, by a alone, by b alone, by neither. */
export interface Transitions {
  readonly TT: number;
  readonly TF: number;
  readonly FT: number;
  readonly FF: number;
}

/** Checkpoint b less checkpoint a on the items that both have. */
export interface AbilityComparison {
  readonly ability: string;
  readonly a: string;
  readonly b: string;
  readonly n: number;
  readonly difference: number;
  /** 95 %, by bootstrap over items. */
  readonly low: number;
  readonly high: number;
  /** Exact two-sided McNemar; with several samples a sign-flip test of the items' mean differences. */
  readonly pValue: number;
  /** Holm over all comparisons of the run. */
  readonly pAdjusted: number;
  /** The smallest difference that n items could have shown at p < 0.05; null where none could. */
  readonly detectable: number | null;
  readonly transitions: Transitions;
}

/** Whether an ability rises along the chain base → in → rl. */
export interface AbilityTrend {
  readonly ability: string;
  readonly chain: readonly string[];
  readonly values: readonly number[];
  /** Every value at least the one before it. */
  readonly rises: boolean;
  /** Share of bootstrap resamples of the items in which it does. */
  readonly probability: number;
}

export interface EvaluateSummary {
  /** Per ability and checkpoint. */
  readonly abilities: Readonly<Record<string, Readonly<Record<string, AbilityScore>>>>;
  readonly comparisons: readonly AbilityComparison[];
  readonly trends: readonly AbilityTrend[];
  readonly floors: Readonly<Record<string, Floor | null>>;
  /** Items that are not in n, per ability. */
  readonly leftOut: Readonly<Record<string, readonly LeftOut[]>>;
  /** Answers that reached their limit, per checkpoint. */
  readonly truncated: Readonly<Record<string, number>>;
}

/** Columns of a table of comparisons, as the panel and the command line export it: b less a. */
export const comparisonColumns = [
  'ability',
  'a',
  'b',
  'n',
  'difference',
  'low',
  'high',
  'pValue',
  'pAdjusted',
  'detectable',
  'TT',
  'TF',
  'FT',
  'FF',
] as const;
