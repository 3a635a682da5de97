import type { Checkpoint, TensorEntry } from '../../core/checkpoint/checkpoint';
import { outlineOf, type OutlineNode } from '../../core/checkpoint/outline';
import { resolveRegions } from '../../core/checkpoint/regions';
import { donorTable } from '../../core/experiment/hybridWords';
import { donorsOfArithmetic, planArithmetic } from '../../core/merge/arithmeticPlan';
import { composeHybrid, type Hybrid } from '../../core/merge/hybrid';
import { isArithmetic } from '../../core/merge/openNamed';
import { resolveTransplant, skeletonOf, type TransplantSpec } from '../../core/merge/transplant';
import { describeError, InputError } from '../../shared/errors';
import type { CheckpointHeaders, Headers } from './checkpointHeaders';
import type { HybridNode } from './checkpointNodes';

/** A hybrid put together from its donors' headers, or why it cannot be. */
export type HybridReading =
  | {
      readonly kind: 'opened';
      readonly hybrid: Hybrid;
      readonly outline: readonly OutlineNode[];
      /** Name and donors, for its tooltip. */
      readonly table: readonly (readonly [string, string])[];
    }
  /** Its weights are computed, so no tensor has one donor. */
  | { readonly kind: 'computed' }
  | { readonly kind: 'broken'; readonly message: string };

interface Known {
  readonly headers: readonly Headers[];
  readonly reading: HybridReading;
}

/** Puts hybrids together when they are shown, and again when their donors' files have changed. */
export class HybridReadings {
  private readonly known = new WeakMap<HybridNode, Known>();

  constructor(private readonly headers: CheckpointHeaders) {}

  /** Never rejects for what is wrong with the hybrid or its donors. */
  async read(node: HybridNode): Promise<HybridReading> {
    const directories = [...node.donors.values()];
    const headers = await Promise.all(directories.map((directory) => this.headers.get(directory)));
    const known = this.known.get(node);
    if (known && known.headers.every((one, i) => one === headers[i])) return known.reading;
    const names = [...node.donors.keys()];
    const reading = compose(node, new Map(names.map((name, i) => [name, headers[i]!])));
    this.known.set(node, { headers, reading });
    return reading;
  }
}

function compose({ name, spec, regions }: HybridNode, donors: ReadonlyMap<string, Headers>): HybridReading {
  try {
    const opened = new Map([...donors].map(([donor, headers]) => [donor, checkpointOf(donor, headers)]));
    if (isArithmetic(spec)) {
      planArithmetic(name, spec, new Map(donorsOfArithmetic(spec).map((donor) => [donor, opened.get(donor)!])));
      return { kind: 'computed' };
    }
    const transplantSpec = spec as TransplantSpec;
    const { numLayers, visionLayers } = opened.get(skeletonOf(transplantSpec))!.config;
    const depths = { numLayers, visionLayers, regions: resolveRegions(regions, numLayers) };
    const transplant = resolveTransplant(transplantSpec, depths);
    const hybrid = composeHybrid(name, transplant, opened);
    return {
      kind: 'opened',
      hybrid,
      outline: outlineOf({ ...hybrid, tensors: inPlace(hybrid, opened.get(hybrid.skeleton)!) }, depths.regions),
      table: donorTable(transplant, depths),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'broken', message: describeError(error) };
  }
}

/** Each tensor under the name and in the place that it has in the hybrid: donors may spell names otherwise. */
function inPlace({ tensors }: Hybrid, skeleton: Checkpoint): ReadonlyMap<string, TensorEntry> {
  const placed = [...tensors].map(([key, entry]): [string, TensorEntry] => {
    const { name, canonicalName, part, layer, component } = skeleton.tensors.get(key)!;
    return [key, { ...entry, name, canonicalName, part, layer, component }];
  });
  return new Map(placed);
}

function checkpointOf(donor: string, headers: Headers): Checkpoint {
  if (headers.kind === 'opened') return headers.checkpoint;
  throw new InputError(`${donor} cannot be read: ${headers.message}`);
}
