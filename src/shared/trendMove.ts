/** How values go along a chain, in a word. @param rises whether each is at least the one before it */
export function trendMove(values: readonly number[], rises: boolean): 'stays' | 'rises' | 'falls' | 'goes up and down' {
  const pairs = values.slice(1).map((value, i) => [values[i]!, value] as const);
  if (pairs.every(([before, after]) => after === before)) return 'stays';
  if (rises) return 'rises';
  return pairs.every(([before, after]) => after <= before) ? 'falls' : 'goes up and down';
}
