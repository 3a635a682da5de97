import assert from 'node:assert/strict';
import { decodeFloats, floatFormats, type FloatDtype } from '../../../src/core/compare/floats';
import { encodeFloats } from '../../../src/core/merge/encodeFloats';
import { seededUniform } from '../../../src/core/statistics/random';
import { normals } from '../../harness/weights';

const dtypes = Object.keys(floatFormats) as FloatDtype[];
const through = (dtype: FloatDtype, values: readonly number[] | Float64Array) =>
  decodeFloats(dtype, encodeFloats(dtype, Float64Array.from(values)));

/** The neighbour in the format, by its bits. */
function neighbour(dtype: 'BF16' | 'F16', value: number, by: 1 | -1): number {
  const bytes = encodeFloats(dtype, Float64Array.of(value)).slice();
  const view = new DataView(bytes.buffer);
  view.setUint16(0, view.getUint16(0, true) + by, true);
  return decodeFloats(dtype, bytes)[0]!;
}

describe('encodeFloats', () => {
  it('what a format can hold comes back as it was', () => {
    const held = [0, -0, 1, -1.5, 0.25, 2 ** -14, 2 ** -24 * 3, 65504, Infinity, -Infinity];
    for (const dtype of dtypes) {
      if (dtype === 'BF16') continue;
      assert.deepEqual([...through(dtype, held)], held, dtype);
    }
    const short = [0, -0, 1, -1.5, 2 ** -133, 2 ** -126, 3.3895313892515355e38, Infinity];
    assert.deepEqual([...through('BF16', short)], short);
    for (const dtype of dtypes) assert.ok(Number.isNaN(through(dtype, [NaN])[0]));
  });

  it('everything else goes to the nearest', () => {
    for (const dtype of ['BF16', 'F16'] as const) {
      for (const scale of [1, 0.02, 1e-5, 1e-7, 3e3]) {
        for (const value of normals(500, scale, seededUniform(1))) {
          const own = through(dtype, [value])[0]!;
          for (const other of [neighbour(dtype, own, 1), neighbour(dtype, own, -1)]) {
            if (!Number.isFinite(other)) continue;
            assert.ok(Math.abs(own - value) <= Math.abs(other - value), `${dtype} ${value}: ${own} and not ${other}`);
          }
        }
      }
    }
  });

  it('half way it goes to even, and a hair beside it to its own side', () => {
    const hair = 2 ** -45;
    for (const [dtype, step] of [
      ['BF16', 2 ** -7],
      ['F16', 2 ** -10],
    ] as const) {
      const half = step / 2;
      assert.deepEqual(
        [...through(dtype, [1 + half, 1 + step + half, 1 + half + hair, 1 + half - hair, -1 - half - hair])],
        [1, 1 + 2 * step, 1 + step, 1, -1 - step],
      );
    }
  });

  it('float16 overflows at half a step beyond its largest, and into the next binade', () => {
    assert.deepEqual([...through('F16', [65519.9, 65520, -7e4, 2047.9999])], [65504, Infinity, -Infinity, 2048]);
  });
});
