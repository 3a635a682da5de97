/** Hybrids in a few words: for lines of a tree, tooltips and hovers. Pure. */
import { donorsOfArithmetic } from '../merge/arithmeticPlan';
import {
  describeLayerDonors,
  parseRange,
  type Depths,
  type Transplant,
  type TransplantSpec,
} from '../merge/transplant';
import {
  components,
  partTitles,
  regionNames,
  regionTitles,
  type Component,
  type LayerRange,
  type Part,
} from '../../shared/vocabulary';
import type { HybridSpec } from './schema';

/** So many changes of a skeleton are told in its line. */
const mostTold = 3;

/** `in · rl · rl`, `in + rl 4–8` or `ties of in, rl`; ranges half-open, as the file has them. */
export function hybridBriefly(spec: HybridSpec | TransplantSpec): string {
  if (isList(spec)) return spec.join(' · ');
  if ('method' in spec) return `${spec.method} of ${donorsOfArithmetic(spec).join(', ')}`;
  const { skeleton, layers = {}, visionLayers = {}, ...others } = spec;
  const told = [
    ...inOrder(layers).map(([range, donors]) => `${describeLayerDonors(donors)} ${shownRange(range)}`),
    ...inOrder(visionLayers).map(([range, donors]) => `${describeLayerDonors(donors)} vision ${shownRange(range)}`),
    ...Object.entries(others).flatMap(([part, donor]) => (donor && donor !== skeleton ? [`${donor} ${part}`] : [])),
  ];
  const more = told.length > mostTold ? [`${told.length - mostTold} more`] : [];
  return [skeleton, ...told.slice(0, mostTold), ...more].join(' + ');
}

/** A name and a value each: the donors of the decoder's layers by region, and of the other parts. */
export function donorTable(transplant: Transplant, depths: Depths): [name: string, donors: string][] {
  const { regions, numLayers, visionLayers } = depths;
  const single = (part: Part) => transplant.donorOf({ part, layer: null, component: null });
  const rows: [string, string][] = [['Skeleton', `${transplant.skeleton} (config, tokenizer, template, processor)`]];
  for (const region of regionNames) {
    const [from, to] = regions[region];
    if (to > from) rows.push([regionTitles[region], runs(transplant, 'languageModel', [from, to])]);
  }
  if (regions.late[1] < numLayers)
    rows.push(['Other layers', runs(transplant, 'languageModel', [regions.late[1], numLayers])]);
  const tower = visionLayers > 0 ? runs(transplant, 'vision', [0, visionLayers]) : single('vision');
  rows.push([partTitles.vision, tower]);
  for (const part of ['projector', 'embeddings', 'head'] as const) rows.push([partTitles[part], single(part)]);
  return rows;
}

/** A letter per layer and what the letters stand for: `AAAABBBBBBBB`, `A in, B rl`; a dot for a layer of several donors. */
export function donorStrip(transplant: Transplant, part: 'languageModel' | 'vision', count: number): string {
  const letters = new Map(transplant.donors.map((donor, i) => [donor, String.fromCharCode(65 + (i % 26))]));
  const strip = Array.from({ length: count }, (_, layer) => {
    const own = new Set(components.map((component) => transplant.donorOf({ part, layer, component })));
    return own.size === 1 ? letters.get([...own][0]!)! : '·';
  });
  return `${strip.join('')} (${[...letters].map(([donor, letter]) => `${letter} ${donor}`).join(', ')})`;
}

/** `layers 0–3 in, 4–7 rl`: both ends are in. */
function runs(transplant: Transplant, part: Part, [from, to]: LayerRange): string {
  const ofLayer = (layer: number) => {
    const donors = components.map((component): [Component, string] => {
      return [component, transplant.donorOf({ part, layer, component })];
    });
    const [[, first]] = donors as [[Component, string]];
    return donors.every(([, donor]) => donor === first) ? first : describeLayerDonors(Object.fromEntries(donors));
  };
  const told: string[] = [];
  for (let start = from; start < to;) {
    const donor = ofLayer(start);
    let end = start + 1;
    while (end < to && ofLayer(end) === donor) end++;
    told.push(`${end - start === 1 ? start : `${start}–${end - 1}`} ${donor}`);
    start = end;
  }
  return `layers ${told.join('; ')}`;
}

/** Ranges with what they are given, from the lowest layer up: an object has whole numbers first. */
export function inOrder<T>(ranges: Readonly<Record<string, T>>): [range: string, given: T][] {
  return Object.entries(ranges).sort(([a], [b]) => parseRange(a)[0] - parseRange(b)[0]);
}

function shownRange(range: string): string {
  return range.replace('-', '–');
}

function isList(spec: HybridSpec | TransplantSpec): spec is readonly [string, string, string] {
  return Array.isArray(spec);
}
