import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  gridOf,
  imageTokens,
  type PreprocessorSettings,
  processImage,
  smartResize,
} from '../../../src/core/model/imageProcessor';
import type { RgbImage } from '../../../src/core/ports';
import { InputError } from '../../../src/shared/errors';

const qwen25: PreprocessorSettings = {
  minPixels: 3136,
  maxPixels: 12845056,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
const centred = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** Noise from a linear congruential generator. */
function noise(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = width * 1000 + height;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { width, height, data };
}

describe('smartResize', () => {
  // Height, width, min and max pixels, new height and width: transformers' smart_resize with factor 28.
  const golden: [number, number, number, number, number, number][] = [
    [70, 98, 3136, 12845056, 56, 112],
    [42, 126, 3136, 12845056, 56, 112],
    [112, 112, 3136, 100352, 112, 112],
    [300, 400, 3136, 100352, 252, 364],
    [91, 253, 3136, 100352, 84, 252],
    [64, 64, 3136, 100352, 56, 56],
    [13, 13, 3136, 100352, 56, 56],
    [1, 200, 3136, 12845056, 28, 812],
    [10, 2000, 3136, 100352, 28, 812],
    [4000, 6000, 3136, 12845056, 2912, 4368],
    [320, 480, 3136, 12845056, 308, 476],
    [384, 384, 3136, 12845056, 392, 392],
    [14, 1000, 3136, 12845056, 28, 476],
    [5000, 30, 3136, 100352, 4088, 28],
  ];
  for (const [height, width, minPixels, maxPixels, newHeight, newWidth] of golden) {
    it(`${height}×${width} between ${minPixels} and ${maxPixels} pixels is ${newHeight}×${newWidth}`, () => {
      const resized = smartResize(height, width, { factor: 28, minPixels, maxPixels });
      assert.deepEqual(resized, { height: newHeight, width: newWidth });
    });
  }

  it('refuses an aspect above 200', () => {
    const limits = { factor: 28, minPixels: 3136, maxPixels: 12845056 };
    assert.deepEqual(smartResize(200, 1, limits), { height: 812, width: 28 });
    assert.throws(() => smartResize(201, 1, limits), InputError);
    assert.throws(() => smartResize(10, 2001, limits), /2001×10 pixels is too narrow/);
  });

  it('refuses an image of which nothing would be left', () => {
    assert.throws(() => smartResize(13, 40, { factor: 28, minPixels: 0, maxPixels: 100352 }), InputError);
  });
});

describe('gridOf', () => {
  it('counts patches and tokens from the size alone', () => {
    const grid = gridOf({ width: 480, height: 320 }, qwen25);
    assert.deepEqual(grid, { height: 22, width: 34 });
    assert.equal(imageTokens(grid, 2), 187);
  });
});

describe('processImage', () => {
  // Size, settings, patches and the first half of the SHA-256 of the float32 values, computed with Pillow 12.1.0 and
  // NumPy in the steps and types of transformers' Qwen2VLImageProcessor.
  const golden: [number, number, PreprocessorSettings, number, number, string][] = [
    [61, 97, qwen25, 6, 4, '3ab3e50f3fefca315f24fd1523cd0a64'],
    [
      300,
      90,
      { minPixels: 256, maxPixels: 20000, patchSize: 4, temporalPatchSize: 1, mergeSize: 3, ...centred },
      18,
      63,
      '6e570600979867de861000c80946f04a',
    ],
    [
      33,
      150,
      { minPixels: 65536, maxPixels: 16777216, patchSize: 16, temporalPatchSize: 2, mergeSize: 2, ...centred },
      36,
      8,
      '0362233fcfda267b87df92c48220fedd',
    ],
  ];
  for (const [width, height, settings, gridHeight, gridWidth, hash] of golden) {
    it(`is bit-equal to the reference for ${width}×${height}, patch ${settings.patchSize}, merge ${settings.mergeSize}`, () => {
      const { pixelValues, grid } = processImage(noise(width, height), settings);
      assert.deepEqual(grid, { height: gridHeight, width: gridWidth });
      assert.deepEqual(grid, gridOf({ width, height }, settings));
      const row = 3 * settings.temporalPatchSize * settings.patchSize ** 2;
      assert.equal(pixelValues.length, gridHeight * gridWidth * row);
      const bytes = new Uint8Array(pixelValues.buffer);
      assert.equal(createHash('sha256').update(bytes).digest('hex').slice(0, 32), hash);
    });
  }
});
