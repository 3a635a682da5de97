import type { ImageSize } from '../model/imageProcessor';
import type { Box } from '../probe/pairs';
import type { Draw } from './draw';
import { itemOf, thingName, type Thing } from './objects';
import { emptyScene, sharedMeta, type PairContent } from './plannedPair';
import { withItems } from './scene';

/** Of an image's shorter side: at most so large that two have room beside each other wherever the first lies. */
const shares = [0.15, 0.3] as const;
const margin = 2;

/** One object at two places that have no pixel in common. */
export function groundingPair(draw: Draw, size: ImageSize, things: readonly Thing[]): PairContent {
  const thing = draw.one(things);
  const shorter = Math.min(size.width, size.height);
  const across = draw.whole(Math.ceil(shares[0] * shorter), Math.floor(shares[1] * shorter));
  const somewhere = (): Box => {
    const x = draw.whole(margin, size.width - across - margin);
    const y = draw.whole(margin, size.height - across - margin);
    return [x, y, x + across, y + across];
  };
  const here = somewhere();
  let there = somewhere();
  while (!areApart(here, there, across + margin)) there = somewhere();
  const scene = emptyScene(size, draw);
  return {
    prompt: `Locate the object: ${thingName(thing)}. Return bounding box as x1,y1,x2,y2.`,
    meta: {
      object_name: thingName(thing),
      target_bbox_xyxy: here,
      source_bbox_xyxy: there,
      iou_threshold: 0.5,
      ...sharedMeta(size, [here, there]),
    },
    target: withItems(scene, [itemOf(thing, here)]),
    source: withItems(scene, [itemOf(thing, there)]),
    changed: [here, there],
  };
}

function areApart(a: Box, b: Box, distance: number): boolean {
  return Math.abs(a[0] - b[0]) >= distance || Math.abs(a[1] - b[1]) >= distance;
}
