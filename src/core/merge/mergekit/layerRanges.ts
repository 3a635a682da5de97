import type { LayerDonors } from '../transplant';

/** Layers that follow each other with the same donors, half-open, in the order of the layers. */
export function layerRuns<T>(layers: readonly T[]): { from: number; to: number; donors: T }[] {
  const runs: { from: number; to: number; donors: T }[] = [];
  layers.forEach((donors, layer) => {
    const run = runs.at(-1);
    if (run && JSON.stringify(run.donors) === JSON.stringify(donors)) run.to = layer + 1;
    else runs.push({ from: layer, to: layer + 1, donors });
  });
  return runs;
}

/** Donors of layers by range such as "4-8", without those that come from `standard` anyway. */
export function layerRanges(
  layers: readonly (string | LayerDonors)[],
  standard: string,
): Record<string, string | LayerDonors> {
  const named = layerRuns(layers).filter(({ donors }) => donors !== standard);
  return Object.fromEntries(named.map(({ from, to, donors }) => [`${from}-${to}`, donors]));
}
