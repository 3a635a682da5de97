/** Images as the vision tower takes them: those of one grid together, their patches in window order. */
import { inPieces } from '../../shared/inPieces';
import type { VisionConfig } from '../checkpoint/modelConfig';
import type { Tensor } from '../ports';
import type { ProcessedImage } from './imageProcessor';
import type { VisionLayout } from './visionLayout';

/** Patches that go through the vision tower in one run: enough to keep the cores busy, little enough to fit. */
const patchesPerRun = 4096;

/** Places of the images, grouped by grid and cut so that a group stays within {@link patchesPerRun}. */
export function batchesOfOneGrid(images: readonly ProcessedImage[]): number[][] {
  const groups = new Map<string, number[]>();
  images.forEach(({ grid }, i) => {
    const key = `${grid.height}x${grid.width}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()].flatMap((group) => {
    const { grid } = images[group[0]!]!;
    const step = Math.max(1, Math.floor(patchesPerRun / (grid.height * grid.width)));
    return inPieces(group, step);
  });
}

/**
 * What the tower reads: `pixels`, `layoutInputs` (visionLayer.ts) and which layers are on, for images of one grid.
 * @param off a layer that is made identity
 */
export function visionFeeds(
  images: readonly ProcessedImage[],
  layout: VisionLayout,
  { spatialMergeSize, numLayers }: VisionConfig,
  off?: number,
): Record<string, Tensor> {
  const { patches, windows, longest } = layout;
  const unit = spatialMergeSize ** 2;
  const values = images[0]!.pixelValues.length / patches;
  const pixels = new Float32Array(images.length * patches * values);
  images.forEach(({ pixelValues }, image) => {
    layout.cellOrder.forEach((cell, place) => {
      const from = cell * unit * values;
      pixels.set(pixelValues.subarray(from, from + unit * values), (image * patches + place * unit) * values);
    });
  });
  const half = layout.cos.length / patches;
  const repeat = (table: Float32Array) => repeated(table, images.length);
  const tensor = (data: Float32Array, ...shape: number[]): Tensor => ({ type: 'float32', shape, data });
  const on = (l: number): Tensor => ({ type: 'bool', shape: [], data: Uint8Array.of(Number(l !== off)) });
  return {
    ...Object.fromEntries(Array.from({ length: numLayers }, (_, l) => [`layer_on.${l}`, on(l)])),
    pixels: tensor(pixels, images.length * patches, values),
    cos: tensor(repeat(layout.cos), images.length, patches, half),
    sin: tensor(repeat(layout.sin), images.length, patches, half),
    window_rows: { type: 'int64', shape: [windows, longest], data: layout.windowRows },
    window_mask: tensor(repeat(layout.windowMask), images.length * windows, 1, 1, longest),
    window_inverse: { type: 'int64', shape: [patches], data: layout.windowInverse },
  };
}

/** @param features one image's, [cells, width], in window order @param width of a cell */
export function inImageOrder(features: Float32Array, cellOrder: Int32Array, width: number): Float32Array {
  const result = new Float32Array(features.length);
  cellOrder.forEach((cell, place) => result.set(features.subarray(place * width, (place + 1) * width), cell * width));
  return result;
}

/** The way back: `features` in the image's order. */
export function inWindowOrder(features: Float32Array, cellOrder: Int32Array, width: number): Float32Array {
  const result = new Float32Array(features.length);
  cellOrder.forEach((cell, place) => result.set(features.subarray(cell * width, (cell + 1) * width), place * width));
  return result;
}

function repeated(table: Float32Array, times: number): Float32Array {
  const result = new Float32Array(table.length * times);
  for (let i = 0; i < times; i++) result.set(table, i * table.length);
  return result;
}
