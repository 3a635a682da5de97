/** Which tensors a train step keeps as they are. */
import { InputError } from '../../shared/errors';
import { parts, regionNames, type Part, type RegionName, type Regions } from '../../shared/vocabulary';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { countElements } from '../checkpoint/shapes';
import { resolveLayers } from '../experiment/layers';
import type { TrainOptions } from '../experiment/schema';

type Selector = TrainOptions['freeze'][number];

/** What one selector means in a checkpoint. */
export interface FrozenSelector {
  readonly selector: string;
  readonly tensors: number;
  readonly parameters: number;
  /** Names in the file. */
  readonly names: readonly string[];
}

export interface Freeze {
  readonly selectors: readonly FrozenSelector[];
  /** Canonical names of what is trained, in file order. */
  readonly trained: readonly string[];
  /** Canonical names of all other tensors, those that no selector names and no graph computes with among them. */
  readonly frozen: readonly string[];
  /** What a reader may not expect. */
  readonly notes: readonly string[];
}

/**
 * @param trainable canonical names of the tensors that the model computes with
 * @throws InputError naming a selector that matches nothing or cannot be read; also where nothing would be trained
 */
export function resolveFreeze(
  selectors: readonly Selector[],
  checkpoint: Checkpoint,
  regions: Regions,
  trainable: ReadonlySet<string>,
): Freeze {
  const all = [...checkpoint.tensors.values()];
  const tied = checkpoint.config.text?.tiedHead === true;
  const frozen = new Set<TensorEntry>();
  const notes: string[] = [];
  const resolved = selectors.map((selector): FrozenSelector => {
    const shown = describeSelector(selector);
    const matches = matcherOf(selector, checkpoint, regions);
    const matched = all.filter(matches);
    if (matched.length === 0) {
      throw new InputError(
        `freeze: ${shown} matches no tensor of ${checkpoint.directory}`,
        'A selector is a region, a part, a range of decoder layers, or a mapping of part, layers, component and name.',
      );
    }
    if (tied && matched.some(({ part }) => part === 'embeddings')) {
      notes.push(`freeze: ${shown} keeps the embeddings and the head, which are one matrix in this checkpoint`);
    }
    for (const entry of matched) frozen.add(entry);
    return { selector: shown, ...countOf(matched), names: matched.map(({ name }) => name) };
  });
  const isTrained = (entry: TensorEntry) => trainable.has(entry.canonicalName) && !frozen.has(entry);
  const namesOf = (entries: readonly TensorEntry[]) => entries.map(({ canonicalName }) => canonicalName);
  const trained = all.filter(isTrained);
  if (trained.length === 0) {
    throw new InputError('freeze: everything is frozen, nothing would be trained', 'Freeze less.');
  }
  return {
    selectors: resolved,
    trained: namesOf(trained),
    frozen: namesOf(all.filter((entry) => !isTrained(entry))),
    notes,
  };
}

/** Tensors and their elements. */
export function countOf(entries: readonly Pick<TensorEntry, 'shape'>[]): { tensors: number; parameters: number } {
  return { tensors: entries.length, parameters: entries.reduce((sum, { shape }) => sum + countElements(shape), 0) };
}

/** A selector as a text for people. */
export function describeSelector(selector: Selector): string {
  if (typeof selector === 'string') return selector;
  const { part, layers, component, name } = selector;
  const pieces = [
    part && `part ${part}`,
    layers && `layers ${Array.isArray(layers) ? layers.join(', ') : String(layers)}`,
    component && `component ${component}`,
    name && `name ${name}`,
  ].filter(Boolean);
  return `{${pieces.join('; ')}}`;
}

function matcherOf(selector: Selector, checkpoint: Checkpoint, regions: Regions): (entry: TensorEntry) => boolean {
  if (typeof selector !== 'string') return mappingMatcher(selector, checkpoint);
  if (isRegion(selector)) {
    const [from, to] = regions[selector];
    return ({ part, layer }) => part === 'languageModel' && layer !== null && layer >= from && layer < to;
  }
  if (isPart(selector)) return mappingMatcher({ part: selector }, checkpoint);
  if (/^\d+(-\d+)?$/.test(selector)) return mappingMatcher({ layers: selector }, checkpoint);
  throw new InputError(
    `freeze: "${selector}" is no region, part or range of layers`,
    `Regions: ${regionNames.join(', ')}; parts: ${parts.join(', ')}; ranges are half-open, such as 4-8.`,
  );
}

function mappingMatcher(
  { part, layers, component, name }: Exclude<Selector, string>,
  { config }: Checkpoint,
): (entry: TensorEntry) => boolean {
  if ([part, layers, component, name].every((condition) => condition === undefined)) {
    throw new InputError('freeze: a mapping without conditions', 'Name a part, layers, a component or a name.');
  }
  const place = part ?? (layers === undefined ? undefined : 'languageModel');
  // The head of a checkpoint with a tied head is its embedding matrix.
  const wanted = place === 'head' && config.text?.tiedHead ? 'embeddings' : place;
  const numbers = layers === undefined ? null : new Set(layersOf(layers, place!, config));
  const pattern = name === undefined ? null : patternOf(name);
  return (entry) =>
    (wanted === undefined || entry.part === wanted) &&
    (numbers === null || (entry.layer !== null && numbers.has(entry.layer))) &&
    (component === undefined || entry.component === component) &&
    (pattern === null || pattern(entry.name) || pattern(entry.canonicalName));
}

function layersOf(layers: readonly number[] | string, part: Part, config: Checkpoint['config']): number[] {
  const single = typeof layers === 'string' && /^\d+$/.test(layers);
  try {
    const count = part === 'vision' ? config.visionLayers : config.numLayers;
    return resolveLayers(single ? [Number(layers)] : layers, count);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`freeze: ${error.message}`, error.mend, { cause: error });
  }
}

/** Whole names, `*` standing for anything. Without a regular expression: the pattern is not ours. */
function patternOf(pattern: string): (name: string) => boolean {
  const [start, ...rest] = pattern.split('*') as [string, ...string[]];
  const end = rest.pop();
  return (name) => {
    if (end === undefined) return name === start;
    if (!name.startsWith(start)) return false;
    let at = start.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return name.length - end.length >= at && name.endsWith(end);
  };
}

function isRegion(text: string): text is RegionName {
  return (regionNames as readonly string[]).includes(text);
}

function isPart(text: string): text is Part {
  return (parts as readonly string[]).includes(text);
}
