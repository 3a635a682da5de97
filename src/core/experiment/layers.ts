import { InputError } from '../../shared/errors';

/**
 * The layers a step means, ascending: all, a list, or a half-open range such as "4-8".
 * @throws InputError for a layer past the last one or an empty range
 */
export function resolveLayers(spec: 'all' | readonly number[] | string, numLayers: number): number[] {
  const layers = spec === 'all' ? range(0, numLayers) : typeof spec === 'string' ? parseRange(spec) : spec;
  const past = layers.find((layer) => layer >= numLayers);
  if (past !== undefined) {
    throw new InputError(`layer ${past} is past the last one`, `The model has layers 0 to ${numLayers - 1}.`);
  }
  return [...new Set(layers)].sort((a, b) => a - b);
}

function parseRange(spec: string): number[] {
  const [from, to] = spec.split('-').map(Number) as [number, number];
  if (to <= from) throw new InputError(`the layers ${spec} are none`, 'Ranges are half-open: 4-8 is 4, 5, 6 and 7.');
  // A range is cut where its numbers stop making sense; resolveLayers says which layer is past the last one.
  return range(from, Math.min(to, from + 100_000));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
