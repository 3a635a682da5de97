import type { ImageSize } from '../model/imageProcessor';
import type { Draw } from './draw';
import { itemOf, scatter, thingName, type Thing } from './objects';
import { emptyScene, sharedMeta, type PairContent } from './plannedPair';
import { withItems } from './scene';

/**
 * The same objects, in one image further ones: those of the smaller number stay where they are.
 * @param counts the least and the most of them
 * @param larger whether the target image is the one with more
 */
export function countingPair(
  draw: Draw,
  size: ImageSize,
  things: readonly Thing[],
  [least, most]: readonly [number, number],
  larger: boolean,
): PairContent {
  const thing = draw.one(things);
  const numbers = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const [few, many] = draw.some(numbers, 2).sort((a, b) => a - b) as [number, number];
  const boxes = scatter(draw, many, most, size);
  const scene = emptyScene(size, draw);
  const items = boxes.map((box) => itemOf(thing, box));
  const [fewer, more] = [withItems(scene, items.slice(0, few)), withItems(scene, items)];
  const changed = boxes.slice(few);
  return {
    prompt: 'How many items are there in the image?',
    meta: {
      object_name: thingName(thing),
      target_answer: String(larger ? many : few),
      source_answer: String(larger ? few : many),
      ...sharedMeta(size, changed),
    },
    target: larger ? more : fewer,
    source: larger ? fewer : more,
    changed,
  };
}
