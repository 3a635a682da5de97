import type { ImageSize } from '../model/imageProcessor';
import type { Draw } from './draw';
import { itemOf, oneThing, scatter, thingName, type Thing } from './objects';
import { emptyScene, sharedMeta, type PairContent } from './plannedPair';
import { withItems } from './scene';

/**
 * An object, and the same scene without it.
 * @param distractors other objects, in both images
 * @param present whether it is the target image that has the object
 */
export function recognitionPair(
  draw: Draw,
  size: ImageSize,
  things: readonly Thing[],
  distractors: number,
  present: boolean,
): PairContent {
  const thing = draw.one(things);
  const others = things.filter((other) => other !== thing);
  const [box, ...boxes] = scatter(draw, distractors + 1, Math.max(4, distractors + 1), size);
  const without = withItems(
    emptyScene(size, draw),
    boxes.map((place) => itemOf(draw.one(others), place)),
  );
  const having = withItems(without, [...without.items, itemOf(thing, box!)]);
  return {
    prompt: `Is there ${oneThing(thing)} in the image? Answer Yes or No only.`,
    meta: {
      category_name: thingName(thing),
      target_answer: present ? 'Yes' : 'No',
      source_answer: present ? 'No' : 'Yes',
      ...sharedMeta(size, [box!]),
    },
    target: present ? having : without,
    source: present ? without : having,
    changed: [box!],
  };
}
