/** Layers to label on an axis: all of a small model, every fourth or eighth of a large one. No DOM. */
export function layerTicks(numLayers: number): number[] {
  const step = numLayers <= 16 ? 1 : numLayers <= 36 ? 4 : 8;
  return Array.from({ length: Math.ceil(numLayers / step) }, (_, i) => i * step);
}
