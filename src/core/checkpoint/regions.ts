import { InputError } from '../../shared/errors';
import { regionNames, type LayerRange, type Regions } from '../../shared/vocabulary';

/** How an experiment file divides the decoder layers: a preset, two cuts, or the three ranges. */
export type RegionSpec =
  | 'thirds'
  | 'paper'
  | '8-12-8'
  | readonly [number, number]
  | { readonly early: LayerRange; readonly mid: LayerRange; readonly late: LayerRange };

/** The division of the paper's model, Qwen2.5-VL-7B: 8, 12 and 8 of 28 layers. */
const paperCuts = [8, 20] as const;
const paperLayers = 28;

/**
 * Early, Mid and Late of `numLayers` decoder layers: half-open, one after another, every layer in exactly one.
 * @throws InputError saying what is wrong with the division
 */
export function resolveRegions(spec: RegionSpec, numLayers: number): Regions {
  if (spec === 'thirds') return cut(Math.floor(numLayers / 3), Math.floor((2 * numLayers) / 3), numLayers);
  if (spec === 'paper' || spec === '8-12-8') {
    if (numLayers !== paperLayers) {
      throw new InputError(
        `regions: ${spec} divides ${paperLayers} layers, this model has ${numLayers}`,
        'Use thirds, or two cuts such as [4, 8].',
      );
    }
    return cut(...paperCuts, numLayers);
  }
  if (isCuts(spec)) {
    const [first, second] = spec;
    const valid = Number.isInteger(first) && Number.isInteger(second) && 0 < first && first < second;
    if (!valid || second >= numLayers) {
      throw new InputError(
        `regions: the cuts [${first}, ${second}] must be two layers from 1 to ${numLayers - 1}, the smaller one first`,
      );
    }
    return cut(first, second, numLayers);
  }
  checkRanges(spec, numLayers);
  return { early: spec.early, mid: spec.mid, late: spec.late };
}

function isCuts(spec: Exclude<RegionSpec, string>): spec is readonly [number, number] {
  return Array.isArray(spec);
}

function cut(first: number, second: number, numLayers: number): Regions {
  return { early: [0, first], mid: [first, second], late: [second, numLayers] };
}

function checkRanges(ranges: Regions, numLayers: number): void {
  let next = 0;
  for (const name of regionNames) {
    const [from, to] = ranges[name];
    const shown = `regions: ${name} [${from}, ${to}]`;
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw new InputError(`${shown} must be two layers`);
    if (to < from) throw new InputError(`${shown} ends before it begins`);
    if (to > numLayers) throw new InputError(`${shown} goes past the last layer: the model has ${numLayers}`);
    if (from < next) throw new InputError(`${shown} overlaps the region before it, which ends at ${next}`);
    if (from > next) throw new InputError(`${shown} leaves a hole: it must begin at ${next}`);
    next = to;
  }
  if (next < numLayers) {
    throw new InputError(`regions: late ends at ${next}: the layers from there to ${numLayers - 1} are in no region`);
  }
}
