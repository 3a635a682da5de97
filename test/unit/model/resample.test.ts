import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { resizeBicubic } from '../../../src/core/model/resample';
import type { RgbImage } from '../../../src/core/ports';

/** Noise from a linear congruential generator (Numerical Recipes' constants); `extreme` has only 0 and 255. */
function testImage(kind: string, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = width * 1000 + height;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    const level = state >>> 24;
    data[i] = kind === 'noise' ? level : level >= 128 ? 255 : 0;
  }
  return { width, height, data };
}

describe('resizeBicubic', () => {
  // Kind, size, new size, and the first half of the SHA-256 of what Pillow 12.1.0 made of it:
  // Image.frombytes('RGB', size, data).resize(newSize, Image.BICUBIC).tobytes()
  const golden: [string, number, number, number, number, string][] = [
    ['noise', 112, 112, 112, 112, '7b9cb96e6ae3c50a13f7ed8c9d38bf08'],
    ['noise', 64, 64, 84, 84, 'fc8d9cbabc0f7656d625a52c3fbf0d6b'],
    ['noise', 400, 300, 364, 252, 'd5bd94b600ce531942fb5990250075b8'],
    ['noise', 253, 91, 252, 84, '7140241feb4d22e5f5f59c81e5e96fe5'],
    ['noise', 140, 196, 140, 98, '2cbf35edc72119b06cf4885e3127c1bb'],
    ['noise', 140, 196, 56, 196, '44cd9e893cf466e2bf2a7946c3cf4c88'],
    ['noise', 300, 200, 308, 196, '1f370b5c56e89b59bd7cd9feec0270b4'],
    ['noise', 500, 375, 84, 56, 'a94b15e567f4a9f15636ef2c501c0f74'],
    ['noise', 640, 3, 28, 28, '25d9f430c1c55bed9faa3935c530564c'],
    ['extreme', 3, 640, 28, 28, '264250691b8b5e8cb362e1c1d4d5276d'],
    ['noise', 1, 1, 28, 56, '419bc88dacf76c1eb5d0fbbbac540bb3'],
    ['noise', 1, 50, 28, 1400, '11138faff07decd926f6bd9cc2284876'],
    ['noise', 57, 33, 1, 1, '405f9c173412b8ad313fcfff01f78438'],
    ['extreme', 57, 33, 1, 33, '56dd5b12519068d1a7ae62d088869f16'],
    ['extreme', 100, 80, 101, 81, '77cabbdb48727fcfc219cf59c9aa6073'],
    ['extreme', 97, 89, 31, 200, '9a68fd2556988f79692499760ba438c4'],
    ['extreme', 2, 2, 28, 28, '66c3e0051e94d5f395c9e65abb45e98c'],
    ['noise', 333, 1, 84, 84, '6aa7404f0c385e4d1ea17d6267852d52'],
  ];

  for (const [kind, width, height, newWidth, newHeight, hash] of golden) {
    it(`makes the same pixels as Pillow 12: ${kind} ${width}×${height} to ${newWidth}×${newHeight}`, () => {
      const result = resizeBicubic(testImage(kind, width, height), newWidth, newHeight);
      assert.deepEqual(
        [result.width, result.height, result.data.length],
        [newWidth, newHeight, newWidth * newHeight * 3],
      );
      assert.equal(createHash('sha256').update(result.data).digest('hex').slice(0, 32), hash);
    });
  }

  it('leaves its input alone and returns an image that fits already', () => {
    const image = testImage('noise', 20, 10);
    const before = Uint8Array.from(image.data);
    resizeBicubic(image, 28, 28);
    assert.deepEqual(image.data, before);
    assert.equal(resizeBicubic(image, 20, 10), image);
  });

  it('keeps a uniform image uniform', () => {
    const grey = { width: 31, height: 17, data: new Uint8Array(31 * 17 * 3).fill(77) };
    for (const [width, height] of [
      [84, 56],
      [5, 3],
      [31, 100],
    ]) {
      assert.ok(resizeBicubic(grey, width!, height!).data.every((level) => level === 77));
    }
  });

  it('refuses sizes that are not positive integers', () => {
    for (const size of [0, -1, 1.5, NaN])
      assert.throws(() => resizeBicubic(testImage('noise', 4, 4), size, 4), RangeError);
  });
});
