import type { RgbImage } from '../ports';

/**
 * Bicubic resampling, bit for bit as Pillow up to version 12 does it (`Image.resize(…, BICUBIC)`,
 * src/libImaging/Resample.c): the filter is widened by the factor when shrinking (antialias), its weights are fixed
 * point, the horizontal pass comes first and is rounded and clipped to 8 bits before the vertical one, and a dimension
 * that does not change has no pass. Pillow 12.2 and 12.3 turn the order round where the height is more than a hundred times
 * the width, Pillow 13 wherever that is cheaper; this one order is kept for every image.
 */

/** Fraction bits of a weight: 32 less 8 for the pixel and 2 for the overshoot of the filter's negative lobes. */
const weightBits = 22;
const half = 1 << (weightBits - 1);
const channels = 3;

/**
 * The filter of one pass: output `i` is the sum over `t < count[i]` of input `first[i] + t` times
 * `weights[i * taps + t]`, over 2^22.
 */
interface Filter {
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
}

/** Resizes to `width` × `height` pixels. An image that has that size already is returned as it is. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  if (![image.width, image.height, width, height].every((size) => Number.isInteger(size) && size > 0)) {
    throw new RangeError(`cannot resize ${image.width}×${image.height} to ${width}×${height}`);
  }
  const wide = width === image.width ? image : resizeRows(image, width);
  return height === image.height ? wide : resizeColumns(wide, height);
}

function resizeRows(image: RgbImage, width: number): RgbImage {
  const { taps, first, count, weights } = cubicFilter(image.width, width);
  const { data: input, height } = image;
  const data = new Uint8Array(width * height * channels);
  let out = 0;
  for (let y = 0; y < height; y++) {
    const row = y * image.width * channels;
    for (let x = 0; x < width; x++) {
      let at = row + first[x]! * channels;
      const weight = x * taps;
      const end = weight + count[x]!;
      let red = half;
      let green = half;
      let blue = half;
      for (let t = weight; t < end; t++, at += channels) {
        const w = weights[t]!;
        red += input[at]! * w;
        green += input[at + 1]! * w;
        blue += input[at + 2]! * w;
      }
      data[out++] = clip(red);
      data[out++] = clip(green);
      data[out++] = clip(blue);
    }
  }
  return { width, height, data };
}

function resizeColumns(image: RgbImage, height: number): RgbImage {
  const { taps, first, count, weights } = cubicFilter(image.height, height);
  const { data: input, width } = image;
  const stride = width * channels;
  const data = new Uint8Array(stride * height);
  // A whole row of sums at a time: the input is then read row by row, as it lies in memory.
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let t = 0; t < count[y]!; t++) {
      const w = weights[y * taps + t]!;
      const row = (first[y]! + t) * stride;
      for (let x = 0; x < stride; x++) sums[x]! += input[row + x]! * w;
    }
    const out = y * stride;
    for (let x = 0; x < stride; x++) data[out + x] = clip(sums[x]!);
  }
  return { width, height, data };
}

function cubicFilter(inputSize: number, outputSize: number): Filter {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  const exact = new Float64Array(taps);
  for (let i = 0; i < outputSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), inputSize);
    let sum = 0;
    for (let t = 0; t < end - start; t++) {
      // Multiplied by the reciprocal, not divided: the last bit of a weight depends on it.
      const weight = cubic((t + start - center + 0.5) * (1 / stretch));
      exact[t] = weight;
      sum += weight;
    }
    for (let t = 0; t < end - start; t++) {
      const weight = (sum === 0 ? exact[t]! : exact[t]! / sum) * (1 << weightBits);
      weights[i * taps + t] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = start;
    count[i] = end - start;
  }
  return { taps, first, count, weights };
}

/** Keys' cubic convolution kernel with a = −0.5. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

function clip(sum: number): number {
  const value = sum >> weightBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
