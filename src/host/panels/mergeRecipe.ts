/** A transplant as the file has it, and as a donor for every place. Pure. */
import { resolveTransplant, type Depths, type LayerDonors, type TransplantSpec } from '../../core/merge/transplant';
import { regionMap, singleParts, type ComponentDonors, type DonorMap, type LayeredPart } from '../../shared/donorMap';
import { components, regionNames } from '../../shared/vocabulary';

/** Every place with its donor. @throws InputError when the recipe does not fit a model of these sizes */
export function donorMapOf(spec: TransplantSpec, depths: Depths): DonorMap {
  const { skeleton, donorOf } = resolveTransplant(spec, depths);
  const layer = (part: LayeredPart, index: number): ComponentDonors => {
    const own = components.map((component) => [component, donorOf({ part, layer: index, component })]);
    return Object.fromEntries(own) as ComponentDonors;
  };
  const stack = (part: LayeredPart, count: number) => Array.from({ length: count }, (_, index) => layer(part, index));
  const single = singleParts.map((part) => [part, donorOf({ part, layer: null, component: null })]);
  return {
    skeleton,
    ...(Object.fromEntries(single) as Pick<DonorMap, (typeof singleParts)[number]>),
    layers: stack('languageModel', depths.numLayers),
    visionLayers: stack('vision', depths.visionLayers),
  };
}

/** The shortest way to write a map: three donors where they say it all, else what differs from the skeleton. */
export function transplantOf(map: DonorMap, { numLayers, visionLayers, regions }: Depths): TransplantSpec {
  const donorOfRegion = (i: number) => map.layers[regions[regionNames[i]!][0]];
  // A region without layers has no say: it is given the donor before it.
  const early = map.skeleton;
  const mid = isEmpty(regions.mid) ? early : donorOfRegion(1)!.attention;
  const late = isEmpty(regions.late) ? mid : donorOfRegion(2)!.attention;
  const list = [early, mid, late] as const;
  if (sameMap(map, regionMap(list, regions, numLayers, visionLayers))) return list;

  const layers = ranges(map.layers, map.skeleton);
  const towers = ranges(map.visionLayers, map.vision);
  const own = singleParts.filter((part) => map[part] !== map.skeleton).map((part) => [part, map[part]]);
  return {
    skeleton: map.skeleton,
    ...(layers ? { layers } : {}),
    ...(towers ? { visionLayers: towers } : {}),
    ...Object.fromEntries(own),
  };
}

/** Layers that are not wholly the standard's, those alike and beside each other as one range. */
function ranges(stack: readonly ComponentDonors[], standard: string): Record<string, string | LayerDonors> | undefined {
  const entries: [string, string | LayerDonors][] = [];
  for (let from = 0; from < stack.length;) {
    let to = from + 1;
    while (to < stack.length && sameDonors(stack[to]!, stack[from]!)) to++;
    const written = writtenDonors(stack[from]!, standard);
    if (written !== null) entries.push([to - from === 1 ? String(from) : `${from}-${to}`, written]);
    from = to;
  }
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Null where everything is the standard's. */
function writtenDonors(own: ComponentDonors, standard: string): string | LayerDonors | null {
  const [first] = components;
  if (components.every((component) => own[component] === own[first])) {
    return own[first] === standard ? null : own[first];
  }
  return Object.fromEntries(components.flatMap((one) => (own[one] === standard ? [] : [[one, own[one]]])));
}

function sameMap(a: DonorMap, b: DonorMap): boolean {
  const sameStack = (one: readonly ComponentDonors[], other: readonly ComponentDonors[]) =>
    one.length === other.length && one.every((own, i) => sameDonors(own, other[i]!));
  return (
    a.skeleton === b.skeleton &&
    singleParts.every((part) => a[part] === b[part]) &&
    sameStack(a.layers, b.layers) &&
    sameStack(a.visionLayers, b.visionLayers)
  );
}

function sameDonors(a: ComponentDonors, b: ComponentDonors): boolean {
  return components.every((component) => a[component] === b[component]);
}

function isEmpty([from, to]: readonly [number, number]): boolean {
  return from >= to;
}
