/** Where every place of a hybrid comes from, and what painting does to it. Pure: host and page compute the same. */
import { components, regionNames, type Component, type Part, type Regions } from './vocabulary';

/** The parts that have one donor for all that is in no layer. */
export const singleParts = ['vision', 'projector', 'embeddings', 'head'] as const;
export type SinglePart = (typeof singleParts)[number];

export type ComponentDonors = Readonly<Record<Component, string>>;

/** Every place of a hybrid with its donor: nothing follows anything. */
export interface DonorMap extends Readonly<Record<SinglePart, string>> {
  /** Gives config, tokenizer, template, processor, the final norm, and whatever has no place of its own. */
  readonly skeleton: string;
  /** Of the decoder. */
  readonly layers: readonly ComponentDonors[];
  /** Of the vision tower; `vision` itself is what is in none of them. */
  readonly visionLayers: readonly ComponentDonors[];
}

/** The parts whose layers are painted. */
export type LayeredPart = Extract<Part, 'vision' | 'languageModel'>;

/** What can be painted: the skeleton, what of a part is in no layer, a layer, or one of its components. */
export type MergePlace =
  | { readonly part: 'skeleton' | SinglePart }
  | { readonly part: LayeredPart; readonly layer: number; readonly component: Component | null };

/** The map with `donor` in `places`; places that it does not have are left out. */
export function paintDonors(map: DonorMap, places: readonly MergePlace[], donor: string): DonorMap {
  const layers = [...map.layers];
  const visionLayers = [...map.visionLayers];
  const single: Partial<Record<'skeleton' | SinglePart, string>> = {};
  for (const place of places) {
    if (!('layer' in place)) {
      single[place.part] = donor;
      continue;
    }
    const stack = place.part === 'vision' ? visionLayers : layers;
    const own = stack[place.layer];
    if (own) stack[place.layer] = place.component ? { ...own, [place.component]: donor } : whole(donor);
  }
  return { ...map, ...single, layers, visionLayers };
}

/** The donors of a place, each once, in the order of the components. */
export function donorsAt(map: DonorMap, place: MergePlace): string[] {
  if (!('layer' in place)) return [map[place.part]];
  const own = (place.part === 'vision' ? map.visionLayers : map.layers)[place.layer];
  if (!own) return [];
  return place.component ? [own[place.component]] : [...new Set(components.map((component) => own[component]))];
}

/** One donor everywhere. */
export function uniformMap(donor: string, numLayers: number, visionLayers: number): DonorMap {
  const stack = (count: number) => new Array<ComponentDonors>(count).fill(whole(donor));
  const rest = { vision: donor, projector: donor, embeddings: donor, head: donor };
  return { skeleton: donor, ...rest, layers: stack(numLayers), visionLayers: stack(visionLayers) };
}

/** The donors of Early, Mid and Late; every other part from the first, as the paper's authors do it. */
export function regionMap(
  donors: readonly [string, string, string],
  regions: Regions,
  numLayers: number,
  visionLayers: number,
): DonorMap {
  const places = (i: number) => layersOf(...regions[regionNames[i]!]);
  const first = uniformMap(donors[0], numLayers, visionLayers);
  return paintDonors(paintDonors(first, places(1), donors[1]), places(2), donors[2]);
}

/** Decoder layers from two donors in turn; every other part from the first. */
export function alternateMap([a, b]: readonly [string, string], numLayers: number, visionLayers: number): DonorMap {
  const odd = layersOf(0, numLayers).filter((place) => 'layer' in place && place.layer % 2 === 1);
  return paintDonors(uniformMap(a, numLayers, visionLayers), odd, b);
}

/** Decoder layers [from, to), whole. */
export function layersOf(from: number, to: number): MergePlace[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i): MergePlace => {
    return { part: 'languageModel', layer: from + i, component: null };
  });
}

function whole(donor: string): ComponentDonors {
  return { attention: donor, mlp: donor, norm: donor };
}
