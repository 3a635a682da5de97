/** A checkpoint as a tree that people walk: parts, regions, layers, components, tensors. Made of headers alone. */
import {
  components,
  parts,
  regionNames,
  type Component,
  type LayerRange,
  type Part,
  type RegionName,
  type Regions,
} from '../../shared/vocabulary';
import type { Checkpoint, TensorEntry } from './checkpoint';
import { countElements } from './shapes';
import { commonPrefix, compareNames, shorten } from './tensorNames';

/** What a branch holds in all: stored elements and bytes. */
export interface Extent {
  readonly parameters: number;
  readonly bytes: number;
}

interface Branch extends Extent {
  /** Unique in the checkpoint and the same whenever it is opened. */
  readonly id: string;
  readonly children: readonly OutlineNode[];
}

export interface PartOutline extends Branch {
  readonly kind: 'part';
  /** Null: tensors of unknown part. */
  readonly part: Part | null;
  /** The head has no tensors of its own: it is the embedding matrix. */
  readonly tied: boolean;
}

export interface RegionOutline extends Branch {
  readonly kind: 'region';
  readonly region: RegionName;
  readonly range: LayerRange;
}

export interface LayerOutline extends Branch {
  readonly kind: 'layer';
  readonly part: Part;
  readonly layer: number;
  /** What its tensors' names in the file begin with, `model.layers.3`. */
  readonly name: string;
}

export interface ComponentOutline extends Branch {
  readonly kind: 'component';
  readonly component: Component;
}

export interface TensorOutline extends Extent {
  readonly kind: 'tensor';
  readonly id: string;
  /** As the file has it. */
  readonly name: string;
  /** The name without what its branch says already. */
  readonly label: string;
  readonly entry: TensorEntry;
  readonly children: readonly [];
}

export type OutlineNode = PartOutline | RegionOutline | LayerOutline | ComponentOutline | TensorOutline;

/**
 * The tree below a checkpoint. Every tensor stands in it exactly once.
 * @param regions of the decoder layers; a layer beyond them (of a generic family) stands after the regions
 */
export function outlineOf({ tensors, config }: Checkpoint, regions: Regions): PartOutline[] {
  const byPart = groupBy([...tensors.values()], ({ part }) => part);
  const outlines: PartOutline[] = [];
  for (const part of [...parts, null]) {
    const own = byPart.get(part);
    if (own)
      outlines.push({ kind: 'part', id: part ?? 'other', part, tied: false, ...branch(within(part, own, regions)) });
    else if (part === 'head' && config.tied && byPart.has('embeddings')) {
      outlines.push({ kind: 'part', id: part, part, tied: true, ...branch([]) });
    }
  }
  return outlines;
}

/** Tensors outside of layers first, then layers, those of the language model by region. */
function within(part: Part | null, entries: readonly TensorEntry[], regions: Regions): OutlineNode[] {
  const prefix = commonPrefix(entries.map(({ name }) => name));
  const byLayer = groupBy(entries, ({ layer }) => layer);
  const outside = tensorNodes(byLayer.get(null) ?? [], prefix);
  if (part === null) return tensorNodes(entries, prefix);
  const numbers = [...byLayer.keys()].filter((layer) => layer !== null).sort((a, b) => a - b);
  const layers = numbers.map((layer) => layerNode(part, layer, byLayer.get(layer)!));
  // The final norm comes after the layers, whatever leads into them before.
  return part === 'languageModel' ? [...byRegion(layers, regions), ...outside] : [...outside, ...layers];
}

function byRegion(layers: readonly LayerOutline[], regions: Regions): OutlineNode[] {
  const nodes: OutlineNode[] = [];
  for (const region of regionNames) {
    const [from, to] = regions[region];
    const own = layers.filter(({ layer }) => layer >= from && layer < to);
    const place = { region, range: regions[region] };
    if (own.length > 0) nodes.push({ kind: 'region', id: `region/${region}`, ...place, ...branch(own) });
  }
  const end = regions.late[1];
  return [...nodes, ...layers.filter(({ layer }) => layer >= end)];
}

function layerNode(part: Part, layer: number, entries: readonly TensorEntry[]): LayerOutline {
  const id = `${part}/${layer}`;
  const name = layerName(entries[0]!.name, layer);
  const prefix = name.split('.');
  const byComponent = groupBy(entries, ({ component }) => component);
  const children: OutlineNode[] = [];
  for (const component of components) {
    const own = byComponent.get(component);
    if (!own) continue;
    const shared = own.length > 1 ? commonPrefix(own.map(({ name }) => name)) : prefix;
    children.push({ kind: 'component', id: `${id}/${component}`, component, ...branch(tensorNodes(own, shared)) });
  }
  children.push(...tensorNodes(byComponent.get(null) ?? [], prefix));
  return { kind: 'layer', id, part, layer, name, ...branch(children) };
}

function layerName(name: string, layer: number): string {
  const pieces = name.split('.');
  return pieces.slice(0, pieces.indexOf(String(layer)) + 1).join('.');
}

function tensorNodes(entries: readonly TensorEntry[], prefix: readonly string[]): TensorOutline[] {
  const nodes = entries.map((entry): TensorOutline => {
    const { name, shape, length } = entry;
    const parameters = countElements(shape);
    const label = shorten(name, prefix);
    return { kind: 'tensor', id: `tensor/${name}`, name, label, entry, parameters, bytes: length, children: [] };
  });
  return nodes.sort((a, b) => compareNames(a.name, b.name));
}

function branch(children: readonly OutlineNode[]): Extent & { readonly children: readonly OutlineNode[] } {
  let parameters = 0;
  let bytes = 0;
  for (const child of children) {
    parameters += child.parameters;
    bytes += child.bytes;
  }
  return { parameters, bytes, children };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
