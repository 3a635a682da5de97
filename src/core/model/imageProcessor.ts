import { InputError } from '../../shared/errors';
import type { RgbImage } from '../ports';
import { resizeBicubic } from './resample';

/**
 * From an image to the vision tower's input, as the image processor of Qwen2-VL and Qwen2.5-VL does it (Hugging Face
 * transformers, `image_processing_qwen2_vl`): size, resize, rescale, normalise, cut into patches.
 */

/** What preprocessor_config.json says. Sizes are in pixels, `mean` and `std` per channel on the scale 0 to 1. */
export interface PreprocessorSettings {
  readonly minPixels: number;
  readonly maxPixels: number;
  readonly patchSize: number;
  /** Frames per patch; a still image is repeated. */
  readonly temporalPatchSize: number;
  /** Patches per side of the square that becomes one image token. */
  readonly mergeSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

export interface ProcessedImage {
  /**
   * [grid.height · grid.width, 3 · temporalPatchSize · patchSize²]. A row is one patch [channel, frame, y, x]; the
   * mergeSize² patches of one image token are consecutive.
   */
  readonly pixelValues: Float32Array;
  /** In patches. */
  readonly grid: ImageSize;
}

const channels = 3;
const largestAspect = 200;

/**
 * The size in pixels at which the model sees an image: both sides multiples of `factor`, the area between `minPixels`
 * and `maxPixels`, the aspect nearly kept.
 * @throws InputError where one side is more than 200 times the other, or nothing would be left of the image.
 */
export function smartResize(
  height: number,
  width: number,
  limits: { readonly factor: number; readonly minPixels: number; readonly maxPixels: number },
): { height: number; width: number } {
  const { factor, minPixels, maxPixels } = limits;
  if (Math.max(height, width) / Math.min(height, width) > largestAspect) {
    throw new InputError(
      `an image of ${width}×${height} pixels is too narrow: one side may be at most ${largestAspect} times the other`,
      'Crop or pad the image.',
    );
  }
  let resized = { height: roundHalfEven(height / factor) * factor, width: roundHalfEven(width / factor) * factor };
  if (resized.height * resized.width > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    const fit = (side: number) => Math.max(factor, Math.floor(side / shrink / factor) * factor);
    resized = { height: fit(height), width: fit(width) };
  } else if (resized.height * resized.width < minPixels) {
    const grow = Math.sqrt(minPixels / (height * width));
    const fit = (side: number) => Math.ceil((side * grow) / factor) * factor;
    resized = { height: fit(height), width: fit(width) };
  }
  if (resized.height === 0 || resized.width === 0) {
    throw new InputError(
      `an image of ${width}×${height} pixels is too small for patches of ${factor} pixels and ${minPixels} min_pixels`,
      "Enlarge the image or raise min_pixels in the checkpoint's preprocessor_config.json.",
    );
  }
  return resized;
}

/** Width and height in pixels after the resize. */
export function resizedSize(size: ImageSize, preprocessor: PreprocessorSettings): ImageSize {
  const { patchSize, mergeSize, minPixels, maxPixels } = preprocessor;
  return smartResize(size.height, size.width, { factor: patchSize * mergeSize, minPixels, maxPixels });
}

/** The image's grid in patches, from its size alone: two images can be compared before either is decoded. */
export function gridOf(size: ImageSize, preprocessor: PreprocessorSettings): ImageSize {
  const { width, height } = resizedSize(size, preprocessor);
  return { height: height / preprocessor.patchSize, width: width / preprocessor.patchSize };
}

/** How many patches an image has, from its size alone; 0 for one that the model cannot take. */
export function patchesOf(size: ImageSize, preprocessor: PreprocessorSettings): number {
  try {
    const { width, height } = gridOf(size, preprocessor);
    return width * height;
  } catch {
    return 0;
  }
}

/** How many tokens of the prompt an image of this grid takes. */
export function imageTokens(grid: ImageSize, mergeSize: number): number {
  return (grid.height * grid.width) / mergeSize ** 2;
}

/** Resizes, normalises and cuts an image into patches. */
export function processImage(image: RgbImage, preprocessor: PreprocessorSettings): ProcessedImage {
  const { width, height } = resizedSize(image, preprocessor);
  const grid = gridOf(image, preprocessor);
  const resized = resizeBicubic(image, width, height);
  return { pixelValues: patchify(resized, grid, preprocessor), grid };
}

/** [gh/m, gw/m, m, m] patches of [channel, frame, y, x] each, m = mergeSize. */
function patchify(image: RgbImage, grid: ImageSize, preprocessor: PreprocessorSettings): Float32Array {
  const { patchSize, temporalPatchSize, mergeSize } = preprocessor;
  const normalised = normalisedLevels(preprocessor);
  const frame = patchSize * patchSize;
  const values = new Float32Array(grid.height * grid.width * channels * temporalPatchSize * frame);
  let at = 0;
  const writePatch = (patchY: number, patchX: number) => {
    const corner = (patchY * image.width + patchX) * patchSize * channels;
    for (let channel = 0; channel < channels; channel++) {
      const levels = normalised[channel]!;
      const start = at;
      for (let y = 0; y < patchSize; y++) {
        let pixel = corner + y * image.width * channels + channel;
        for (let x = 0; x < patchSize; x++, pixel += channels) values[at++] = levels[image.data[pixel]!]!;
      }
      for (let repeat = 1; repeat < temporalPatchSize; repeat++, at += frame) {
        values.copyWithin(at, start, start + frame);
      }
    }
  };
  for (let tokenY = 0; tokenY < grid.height; tokenY += mergeSize) {
    for (let tokenX = 0; tokenX < grid.width; tokenX += mergeSize) {
      for (let y = 0; y < mergeSize; y++) {
        for (let x = 0; x < mergeSize; x++) writePatch(tokenY + y, tokenX + x);
      }
    }
  }
  return values;
}

/**
 * What each of the 256 levels of a channel becomes. Rounded to float32 after the rescale, the subtraction and the
 * division, as transformers' NumPy arrays are, so that the result is bit-equal to theirs.
 */
function normalisedLevels({ mean, std }: PreprocessorSettings): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const center = Math.fround(mean[channel]!);
    const spread = Math.fround(std[channel]!);
    return Float32Array.from({ length: 256 }, (_level, level) => {
      return Math.fround(Math.fround(level * (1 / 255)) - center) / spread;
    });
  });
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
