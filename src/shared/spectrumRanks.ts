import { leadingValues } from './compareResults';

/** Ranks beyond the leading ones, at equal steps of the logarithm. */
const furtherRanks = 14;

/**
 * The ranks (from 1, ascending) at which a page is told the spectrum of a matrix: the leading 50 and a few up to the
 * last, in place of the thousands of a large model.
 * @param count of the matrix's singular values
 */
export function spectrumRanks(count: number): number[] {
  const leading = Array.from({ length: Math.min(count, leadingValues) }, (_, i) => i + 1);
  if (count <= leadingValues) return leading;
  const step = Math.log(count / leadingValues) / furtherRanks;
  const further = Array.from({ length: furtherRanks }, (_, i) => Math.round(leadingValues * Math.exp(step * (i + 1))));
  return [...new Set([...leading, ...further])];
}
