/** Where one checkpoint looks in one layer, decoded from a row. No DOM. */
import type { AttentionRow } from '../../src/shared/attentionResults';

/** Attention on the tokens of one image, row by row. */
export interface PatchMap {
  readonly height: number;
  readonly width: number;
  /** Of height × width tokens, as shares of all attention. */
  readonly values: Float32Array;
  /** The largest value of the map's row. */
  readonly largest: number;
}

/** Far more tokens than a model has for an image. */
const mostTokens = 1 << 20;

/** The map of the row's first image; null when the row's bytes are none. */
export function patchMap({ grids, patches, largest }: AttentionRow): PatchMap | null {
  const [height = 0, width = 0] = grids[0] ?? [];
  const count = height * width;
  if (!Number.isSafeInteger(count) || count < 1 || count > mostTokens || !(largest >= 0)) return null;
  let bytes: string;
  try {
    bytes = atob(patches);
  } catch {
    return null;
  }
  if (bytes.length < count) return null;
  const values = Float32Array.from({ length: count }, (_, i) => (bytes.charCodeAt(i) / 255) * largest);
  return { height, width, values, largest };
}

/** Which token of the map has most: its row and column, from 0. */
export function peakOf({ values, width }: PatchMap): { readonly row: number; readonly column: number } {
  let best = 0;
  values.forEach((value, i) => {
    if (value > values[best]!) best = i;
  });
  return { row: Math.floor(best / width), column: best % width };
}

/** Which share of the map's attention lies on its strongest tenth of tokens (one at least). */
export function concentration({ values }: PatchMap): { readonly tokens: number; readonly share: number } {
  const descending = [...values].sort((a, b) => b - a);
  const tokens = Math.max(1, Math.round(values.length / 10));
  const sum = (some: readonly number[]) => some.reduce((total, value) => total + value, 0);
  const all = sum(descending);
  return { tokens, share: all > 0 ? sum(descending.slice(0, tokens)) / all : 0 };
}
