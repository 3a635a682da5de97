/** What a swap run comes to, as core computes it, summaries write it and the panel shows it. */

/** One point of a curve. Intervals are Wilson's, 95 %; rates lie in [0, 1]. */
export interface SwapPoint {
  readonly layer: number;
  /** Pairs. */
  readonly n: number;
  readonly changed: number;
  /** changed / n, 0 when n is 0. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly adopted: number;
  readonly adoptedRate: number;
}

/** How much more often run B's answers changed than run A's, at one layer, over the pairs that both have. */
export interface SwapDifference {
  readonly layer: number;
  readonly n: number;
  /** Change rate of B less that of A, with a 95 % interval (Newcombe 1998, method 10). */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Exact two-sided McNemar, Holm-adjusted over all layers and functions compared. */
  readonly pAdjusted: number;
}

/** Columns of a table of curves, as the panel and the command line export it: a line per run, function and layer. */
export const curveColumns = [
  'run',
  'checkpoint',
  'mode',
  'function',
  'layer',
  'n',
  'changed',
  'rate',
  'low',
  'high',
  'adopted',
  'adoptedRate',
] as const;
