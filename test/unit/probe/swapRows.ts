import type { SwapVariant } from '../../../src/core/probe/swapLayers';
import type { SwapFacts, SwapRow } from '../../../src/core/probe/swapSummary';

/** Rows of one pair: its two untouched answers and those at layers 0, 1, …, of which the given ones changed. */
export function rowsOf(name: string, id: string, changed: string, { same = false, adopted = '' } = {}): SwapRow[] {
  const row = (layer: SwapVariant, text: string, isChanged: boolean, isAdopted: boolean): SwapRow => ({
    key: `${name}/${id}/${layer ?? 'target'}`,
    function: name,
    id,
    layer,
    text,
    changed: isChanged,
    adopted: isAdopted,
  });
  const layers = [...changed].map((mark, layer) =>
    row(layer, `${id} at ${layer}`, mark === 'x', adopted[layer] === 'x'),
  );
  return [row(null, `${id} target`, false, false), row('source', `${id} source`, !same, true), ...layers];
}

export function factsOf(functions: Record<string, string[]>, part: Partial<SwapFacts> = {}): SwapFacts {
  const planned = Object.entries(functions).map(([name, pairs]) => [name, { pairs, tokens: [] }] as const);
  return {
    checkpoint: 'base',
    mode: 'suffix',
    window: 3,
    layers: [0, 1, 2],
    functions: Object.fromEntries(planned),
    ...part,
  };
}
