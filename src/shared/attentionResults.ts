/** What an attention run comes to, as core computes it, summaries write it and the Attention panel shows it. */
import type { LeftOut } from './evaluateResults';
import type { AttentionSpan } from './vocabulary';

/** A line of an attention run's rows.jsonl: one checkpoint, item and layer. Means over heads and the span's tokens. */
export interface AttentionRow {
  readonly key: string;
  readonly checkpoint: string;
  readonly id: string;
  readonly layer: number;
  /** Attention on all image tokens together: Σ over V of the mean over heads and R (arXiv 2602.12395, figure 3). */
  readonly mass: number;
  /** mass / |V| (the paper's equation 1). */
  readonly perToken: number;
  /** Attention on the first token of the prompt, the usual sink. */
  readonly sink: number;
  /** Attention on image tokens that are sinks themselves: more than ten times what an image token gets on average. */
  readonly imageSink: number;
  /** Tokens of the span. */
  readonly tokens: number;
  /** Image tokens per side of each image: [height, width]. */
  readonly grids: readonly (readonly [number, number])[];
  /** Attention per image token in base64: one byte each, 255 for the largest. */
  readonly patches: string;
  /** Attention of the image token that has most. */
  readonly largest: number;
}

export interface AttentionFacts {
  readonly checkpoints: readonly string[];
  readonly span: AttentionSpan;
  /** The checkpoint whose answers all are read with, or "own". */
  readonly text: string;
  readonly layers: readonly number[];
  readonly items: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly dataset: string;
}

/** One point of a line: means over items; `low` and `high` are of the mass, 95 %, by bootstrap over items. */
export interface AttentionPoint {
  readonly layer: number;
  readonly n: number;
  readonly mass: number;
  readonly low: number;
  readonly high: number;
  readonly perToken: number;
  readonly perTokenLow: number;
  readonly perTokenHigh: number;
  readonly sink: number;
  /** Mass without the image's sinks, as a share of all attention that is on no sink. */
  readonly withoutSinks: number;
  readonly withoutSinksLow: number;
  readonly withoutSinksHigh: number;
}

/** As {@link AttentionPoint}, of differences of the items that both have; Holm over the layers of the comparison. */
export interface AttentionDifference extends Omit<AttentionPoint, 'sink'> {
  /** Two-sided sign-flip test of the items' differences in mass. */
  readonly pValue: number;
  readonly pAdjusted: number;
}

export interface AttentionSummary {
  readonly checkpoints: Readonly<Record<string, { readonly layers: readonly AttentionPoint[] }>>;
  /** The last checkpoint less the first (RL − IN); empty where there is one. */
  readonly difference: readonly AttentionDifference[];
  /** Every pair, b less a. */
  readonly differences: readonly {
    readonly a: string;
    readonly b: string;
    readonly layers: readonly AttentionDifference[];
  }[];
  /** Items that have no rows of a checkpoint, with the reason. */
  readonly leftOut: readonly LeftOut[];
}

/** Columns that tables of means and of differences share, as the panel and the command line export them. */
export const measureColumns = [
  'layer',
  'n',
  'mass',
  'low',
  'high',
  'perToken',
  'perTokenLow',
  'perTokenHigh',
  'withoutSinks',
  'withoutSinksLow',
  'withoutSinksHigh',
] as const;
