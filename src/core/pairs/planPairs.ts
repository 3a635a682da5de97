import { InputError } from '../../shared/errors';
import type { PairsParams } from '../../shared/protocol/engine';
import type { VisionFunction } from '../../shared/vocabulary';
import type { ImageSize } from '../model/imageProcessor';
import { countingPair } from './counting';
import { Draw } from './draw';
import { groundingPair } from './grounding';
import { thingsOf } from './objects';
import { assertWordsFit, fontSizeFor, ocrPair, wordPairCount, wordPairs } from './ocr';
import type { FontOutlines } from './outline';
import { colourNamed } from './palette';
import type { PairContent, PlannedPair } from './plannedPair';
import { recognitionPair } from './recognition';
import type { Scene } from './scene';
import { sceneSvg } from './svg';

/** Draws in a row that give nothing new, before it is said that there is nothing new. */
const mostAttempts = 200;

/**
 * The pairs of each function: no two target images alike, no pair twice, not even the other way round. The first pairs
 * of a larger set with the same options are those of a smaller one.
 * @param words for ocr, each once
 * @param fonts with outlines of all words
 * @throws InputError when there are no such pairs, or not so many
 */
export function planPairs(
  options: PairsParams,
  words: readonly string[],
  fonts: readonly FontOutlines[],
): ReadonlyMap<VisionFunction, readonly PlannedPair[]> {
  const planned = options.functions.map((name) => {
    const make = maker(name, options, words, fonts);
    return [name, distinctPairs(name, options, make)] as const;
  });
  return new Map(planned);
}

/** @param index from 0 */
type Maker = (index: number, size: ImageSize, draw: Draw) => PairContent;

function maker(
  name: VisionFunction,
  options: PairsParams,
  words: readonly string[],
  fonts: readonly FontOutlines[],
): Maker {
  const { seed, count, sizes, fontSize, counts, distractors } = options;
  const things = thingsOf(options.colours.map(colourNamed));
  switch (name) {
    case 'ocr': {
      const most = wordPairCount(words.length);
      if (count > most) {
        const mend = `Choose at most ${most} pairs, or more words.`;
        throw new InputError(`${words.length} words give ${most} pairs, not ${count}`, mend);
      }
      for (const size of sizes) for (const font of fonts) assertWordsFit(font, size, fontSizeFor(size, fontSize));
      const pairs = [...firstOf(wordPairs(words, new Draw(seed, 'ocr/words')), count)];
      return (i, size, draw) => ocrPair(draw, size, pairs[i]!, draw.one(fonts), fontSizeFor(size, fontSize));
    }
    case 'counting':
      return (i, size, draw) => countingPair(draw, size, things, counts, i % 2 === 0);
    case 'grounding':
      return (_, size, draw) => groundingPair(draw, size, things);
    case 'recognition':
      // Without distractors a scene without the object is empty, and all such targets would be alike.
      return (i, size, draw) => recognitionPair(draw, size, things, distractors, distractors === 0 || i % 2 === 0);
  }
}

function distinctPairs(name: VisionFunction, { seed, count, sizes }: PairsParams, make: Maker): PlannedPair[] {
  const targets = new Set<string>();
  const pairs = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const id = `${name}_${String(i).padStart(6, '0')}`;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const content = make(i, sizes[i % sizes.length]!, new Draw(seed, `${id}/${attempt}`));
      const [target, source] = [likeness(content.target), likeness(content.source)];
      const pair = [target, source].sort().join('\n');
      if (targets.has(target) || pairs.has(pair)) continue;
      targets.add(target);
      pairs.add(pair);
      return { ...content, function: name, id };
    }
    const mend = 'Choose fewer pairs, or larger images.';
    throw new InputError(`no more than ${i} different pairs for ${name} were found`, mend);
  });
}

/** The same for drawings that look the same, whatever the order of their items. */
function likeness(scene: Scene): string {
  const items = scene.items.map((item) => JSON.stringify(item)).sort();
  return sceneSvg({ ...scene, items: [] }) + items.join('');
}

function* firstOf<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const value of values) {
    if (left-- <= 0) return;
    yield value;
  }
}
