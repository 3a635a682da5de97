import { unseen } from './visionLayout';

/** What the tokens of one row see: a row of the decoder's mask table. */
export interface MaskRow {
  /** How many tokens of the prefix the row's token number `token` (from 0) sees. */
  prefixSeen(token: number): number;
  /** The row's first so many own tokens are seen by nobody. */
  readonly ownHidden: number;
  /** Two continuations of what comes before them. */
  readonly fork?: Fork | undefined;
}

/** The row's own tokens from `second` on go on where those before `first` end: they do not see what lies between. */
export interface Fork {
  readonly first: number;
  readonly second: number;
}

/** Columns of the mask: the prefix, the row's own past with its unused room, the tokens at hand. */
export interface MaskColumns {
  readonly prefix: number;
  readonly past: number;
  readonly positions: number;
}

/** A row that sees all of its prefix and, of its own tokens, those up to itself. */
export function plainMask(prefixLength: number, fork?: Fork): MaskRow {
  return { prefixSeen: () => prefixLength, ownHidden: 0, fork };
}

/**
 * A span of tokens that is fed although the prefix has one in its place, so that its keys and values can come from the
 * one or the other, layer by layer. The prefix ends with the span.
 */
export interface Span {
  /** Token of the prefix at which the span begins. */
  readonly start: number;
  readonly length: number;
}

/** In a layer where the span's own keys and values count. */
export function ownSpanMask({ start }: Span): MaskRow {
  return { prefixSeen: () => start, ownHidden: 0 };
}

/** In a layer where the prefix's keys and values stand in for the span's, also for what the span itself sees. */
export function replacedSpanMask({ start, length }: Span): MaskRow {
  return { prefixSeen: (token) => start + Math.min(token + 1, length), ownHidden: length };
}

/**
 * Writes what tokens `[from, count)` see, from `at` on: a line of columns per token, 0 where a key is seen.
 * @param mask filled with {@link unseen} before
 * @param pastLength the row's own tokens so far
 */
export function writeMask(
  mask: Float32Array,
  at: number,
  row: MaskRow,
  count: number,
  pastLength: number,
  { prefix, past, positions }: MaskColumns,
  from = 0,
): void {
  const columns = prefix + past + positions;
  const hiddenPast = Math.min(row.ownHidden, pastLength);
  const hiddenNew = row.ownHidden - hiddenPast;
  for (let i = from; i < count; i++) {
    const start = at + (i - from) * columns;
    mask.fill(0, start, start + row.prefixSeen(pastLength + i));
    mask.fill(0, start + prefix + hiddenPast, start + prefix + pastLength);
    if (hiddenNew <= i) mask.fill(0, start + prefix + past + hiddenNew, start + prefix + past + i + 1);
    if (row.fork && pastLength + i >= row.fork.second) {
      const { first, second } = row.fork;
      const now = start + prefix + past - pastLength;
      mask.fill(unseen, start + prefix + Math.min(first, pastLength), start + prefix + Math.min(second, pastLength));
      mask.fill(unseen, now + Math.max(first, pastLength), now + Math.max(second, pastLength));
    }
  }
}

/** A mask of `size` elements in which nothing is seen yet. */
export function blankMask(size: number): Float32Array {
  return new Float32Array(size).fill(unseen);
}
