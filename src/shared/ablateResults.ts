/** What an ablate run comes to, as core computes it, summaries write it and the Reasoning panel shows it. */
import type { LeftOut } from './evaluateResults';

/** Parts whose layers can be made identity. */
export type AblatedPart = 'vision' | 'languageModel';

/** What is measured: whole answers, the log-likelihood of the right answer (teacher-forced, fast), or both. */
export const ablateScorings = ['generate', 'likelihood', 'both'] as const;
export type AblateScoring = (typeof ablateScorings)[number];

/** A line of an ablate run's rows.jsonl: one item with one layer made identity. */
export interface AblateRow {
  readonly key: string;
  readonly id: string;
  /** Null with `layer` null: the baseline. */
  readonly part: AblatedPart | null;
  readonly layer: number | null;
  /** Null where only the likelihood is measured, as are `extracted` and `correct`. */
  readonly text: string | null;
  readonly extracted: string | null;
  readonly correct: boolean | null;
  readonly truncated?: true;
  /** Of the right answer's tokens after the prompt, summed, natural logarithm; null where it is not measured. */
  readonly logLikelihood: number | null;
}

export interface AblateFacts {
  readonly checkpoint: string;
  readonly scoring: AblateScoring;
  readonly layers: readonly { readonly part: AblatedPart; readonly layer: number }[];
  /** Ids of the planned items, in order. */
  readonly items: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly dataset: string;
}

/** Accuracy of generated answers. The interval is Wilson's, 95 %. */
export interface AblateAccuracy {
  readonly n: number;
  readonly correct: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Mean over items of the change in log-likelihood of the right answer, with a 95 % bootstrap interval, in nats. */
export interface LikelihoodChange {
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface AblateLayer extends AblateAccuracy {
  readonly part: AblatedPart;
  readonly layer: number;
  /** Exact two-sided McNemar against the baseline on the items that both have; 1 without generated answers. */
  readonly pValue: number;
  /** Holm over all layers of the run. */
  readonly pAdjusted: number;
  /** Rate less the baseline's, paired, with a 95 % interval (Newcombe 1998, method 10). */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  /** Null where it is not measured. */
  readonly likelihood: LikelihoodChange | null;
}

export interface AblateSummary {
  readonly checkpoint: string;
  readonly baseline: AblateAccuracy;
  readonly layers: readonly AblateLayer[];
  readonly leftOut: readonly LeftOut[];
  /** Answers that reached their limit. */
  readonly truncated: number;
}

/** Columns of a table of layers, as the panel and the command line export it: the baseline, then a line per layer. */
export const layerColumns = [
  'checkpoint',
  'part',
  'layer',
  'n',
  'correct',
  'rate',
  'low',
  'high',
  'difference',
  'differenceLow',
  'differenceHigh',
  'pValue',
  'pAdjusted',
  'likelihoodN',
  'likelihoodChange',
  'likelihoodLow',
  'likelihoodHigh',
] as const;
