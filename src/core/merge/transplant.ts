/** A transplant: which donor each tensor of a hybrid comes from. Nothing is computed; every tensor is one donor's own. */
import { InputError } from '../../shared/errors';
import {
  components,
  regionNames,
  type Component,
  type LayerRange,
  type Part,
  type Regions,
} from '../../shared/vocabulary';
import type { TensorPlace } from '../checkpoint/family';

/** Donors of one layer's components; a component that is not named follows the skeleton. */
export type LayerDonors = Readonly<Partial<Record<Component, string>>>;

/** A hybrid as the experiment file has it: three donors of Early, Mid and Late, or each part named. */
export type TransplantSpec =
  | readonly [string, string, string]
  | {
      readonly skeleton: string;
      /** A layer or a half-open range such as "4-8"; a donor of the whole layer, or of its components. */
      readonly layers?: Readonly<Record<string, string | LayerDonors>> | undefined;
      readonly visionLayers?: Readonly<Record<string, string | LayerDonors>> | undefined;
      readonly vision?: string | undefined;
      readonly projector?: string | undefined;
      readonly embeddings?: string | undefined;
      readonly head?: string | undefined;
    };

/** A transplant for models of known depth. */
export interface Transplant {
  /** The donor of whatever is not named; its configuration and side files are the hybrid's. */
  readonly skeleton: string;
  /** All donors, the skeleton first. */
  readonly donors: readonly string[];
  donorOf(place: TensorPlace): string;
}

export interface Depths {
  readonly numLayers: number;
  readonly visionLayers: number;
  /** Of the decoder layers. */
  readonly regions: Regions;
}

export function skeletonOf(spec: TransplantSpec): string {
  return isList(spec) ? spec[0] : spec.skeleton;
}

/** @throws InputError when a range goes past the last layer, or a layer has two donors */
export function resolveTransplant(spec: TransplantSpec, { numLayers, visionLayers, regions }: Depths): Transplant {
  const skeleton = skeletonOf(spec);
  const named = isList(spec) ? { layers: byRegion(spec, regions) } : spec;
  const layers = spread(named.layers ?? {}, numLayers, 'layers');
  const towers = spread('visionLayers' in named ? (named.visionLayers ?? {}) : {}, visionLayers, 'visionLayers');
  const ofPart: Partial<Record<Part, string | undefined>> = isList(spec)
    ? {}
    : { vision: spec.vision, projector: spec.projector, embeddings: spec.embeddings, head: spec.head };
  const donorOf = ({ part, layer, component }: TensorPlace): string => {
    if (part === null) return skeleton;
    const stack = part === 'languageModel' ? layers : part === 'vision' ? towers : [];
    const own = layer === null ? undefined : stack[layer];
    const ofLayer = typeof own === 'string' ? own : component === null ? undefined : own?.[component];
    return ofLayer ?? ofPart[part] ?? skeleton;
  };
  const used = [...layers, ...towers].flatMap((own) => (typeof own === 'object' ? Object.values(own) : [own]));
  const donors = [skeleton, ...Object.values(ofPart), ...used].filter((donor) => donor !== undefined);
  return { skeleton, donors: [...new Set(donors)], donorOf };
}

function isList(spec: TransplantSpec): spec is readonly [string, string, string] {
  return Array.isArray(spec);
}

function byRegion(donors: readonly [string, string, string], regions: Regions): Record<string, string> {
  const ranges = regionNames.map((region, i) => [rangeText(regions[region]), donors[i]!] as const);
  return Object.fromEntries(ranges.filter(([range]) => !/^(\d+)-\1$/.test(range)));
}

function rangeText([from, to]: LayerRange): string {
  return `${from}-${to}`;
}

/** The donors of each layer. */
function spread(
  ranges: Readonly<Record<string, string | LayerDonors>>,
  count: number,
  what: string,
): (string | LayerDonors | undefined)[] {
  const layers = new Array<string | LayerDonors | undefined>(count).fill(undefined);
  const owner = new Array<string | undefined>(count).fill(undefined);
  for (const [text, donors] of Object.entries(ranges)) {
    const [from, to] = parseRange(text);
    if (from >= to) throw new InputError(`${what} "${text}" holds no layer`);
    if (to > count) throw new InputError(`${what} "${text}" goes past the last layer: the model has ${count}`);
    for (let layer = from; layer < to; layer++) {
      if (owner[layer] !== undefined) {
        throw new InputError(`${what}: layer ${layer} is in "${owner[layer]}" and in "${text}"`, 'Give it one donor.');
      }
      owner[layer] = text;
      layers[layer] = donors;
    }
  }
  return layers;
}

/** "4-8" is [4, 8), "4" is [4, 5). */
export function parseRange(text: string): LayerRange {
  const [from, to] = text.split('-').map(Number) as [number, number | undefined];
  return [from, to ?? from + 1];
}

/** Donors of layer components in the order of the vocabulary, for people: "attention rl, mlp in". */
export function describeLayerDonors(donors: string | LayerDonors): string {
  if (typeof donors === 'string') return donors;
  return components.flatMap((component) => (donors[component] ? [`${component} ${donors[component]}`] : [])).join(', ');
}
