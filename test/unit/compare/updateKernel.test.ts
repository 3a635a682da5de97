import assert from 'node:assert/strict';
import { energyOf, productCarefully, sumCarefully, type EnergySums } from '../../../src/core/compare/energySums';
import { decodeFloats, floatFormats, type FloatDtype } from '../../../src/core/compare/floats';
import { blockEntries, UpdateKernel } from '../../../src/core/compare/updateKernel';
import { seededUniform } from '../../../src/core/statistics/random';
import { encodeWeights, normals } from '../../harness/weights';

const dtypes = Object.keys(floatFormats) as FloatDtype[];

/** A block of each dtype and values, loaded. */
function loaded(...blocks: readonly (readonly [FloatDtype, readonly number[] | Float64Array])[]): UpdateKernel {
  const kernel = new UpdateKernel(blocks.length);
  blocks.forEach(([dtype, values], slot) => {
    kernel.bytes(slot, dtype, values.length).set(encodeWeights(dtype, values));
    kernel.load(slot, dtype, values.length);
  });
  return kernel;
}

const exactly = (dtype: FloatDtype, values: readonly number[] | Float64Array) =>
  decodeFloats(dtype, encodeWeights(dtype, values));

function assertClose(found: EnergySums, wanted: EnergySums, what: string): void {
  for (const [field, value] of Object.entries(wanted) as [keyof EnergySums, number][]) {
    const distance = Math.abs(found[field] - value);
    // Sums of squares: half of it remains in a norm.
    assert.ok(distance <= 5e-7 * Math.abs(value), `${what}: ${field} is ${found[field]}, not ${value}`);
  }
}

describe('UpdateKernel', () => {
  it('every pair of formats and awkward lengths: the float64 sums', () => {
    const random = seededUniform(1);
    for (const from of dtypes) {
      for (const to of dtypes) {
        for (const n of [1, 31, 32, 33, 1000, blockEntries]) {
          const a = normals(n, 0.02, random);
          const b = a.map((x) => (random() < 0.3 ? x : x + 1e-3 * random()));
          const found = loaded([from, a], [to, b]).energies(0, 1);
          assertClose(found, sumCarefully(exactly(from, a), exactly(to, b), to), `${from}→${to}, ${n}`);
        }
      }
    }
  });

  it('the same rounding error in every entry stays below 1e-6 of the norm', () => {
    for (const [x, y] of [
      [0.1, 0.30000001],
      [1 / 3, 2 / 3],
      [1e-7, 1.0000001],
    ] as const) {
      const a = new Float64Array(blockEntries).fill(x);
      const b = new Float64Array(blockEntries).fill(y);
      const found = energyOf(loaded(['F32', a], ['F32', b]).energies(0, 1), blockEntries, 'F32');
      const exact = Math.sqrt(blockEntries) * Math.abs(Math.fround(y) - Math.fround(x));
      assert.ok(Math.abs(found.energy! - exact) < 1e-6 * exact, `${found.energy} is not ${exact}`);
    }
  });

  it('numbers whose squares underflow or overflow float32', () => {
    for (const scale of [1e-30, 1e-38, 1e30]) {
      const a = normals(100, scale, seededUniform(2));
      const b = normals(100, scale, seededUniform(3));
      for (const dtype of ['BF16', 'F32'] as const) {
        const found = loaded([dtype, a], [dtype, b]).energies(0, 1);
        const wanted = sumCarefully(exactly(dtype, a), exactly(dtype, b), dtype);
        assertClose(found, wanted, `${dtype} ${scale}`);
        assert.ok(wanted.update > 0);
      }
    }
  });

  it('one small change in a large block is seen', () => {
    const a = new Float64Array(blockEntries).fill(0.5);
    const b = a.slice();
    b[blockEntries - 1] = 0.5 + 2 ** -8;
    const { update, changed, largest } = loaded(['BF16', a], ['BF16', b]).energies(0, 1);
    assert.deepEqual([update, changed, largest], [2 ** -16, 1, 2 ** -8]);
  });

  it('NaN and infinities are counted and left out, wherever they stand', () => {
    for (const dtype of dtypes) {
      for (const n of [40, 4096]) {
        const a = normals(n, 1, seededUniform(4));
        const b = normals(n, 1, seededUniform(5));
        a[3] = NaN;
        b[3] = Infinity; // NaN comes first
        b[17] = -Infinity;
        a[n - 1] = Infinity;
        const found = loaded([dtype, a], [dtype, b]).energies(0, 1);
        assert.deepEqual([found.nan, found.infinite], [1, 2], dtype);
        const without = (values: Float64Array) => values.filter((_, i) => ![3, 17, n - 1].includes(i));
        const wanted = sumCarefully(exactly(dtype, without(a)), exactly(dtype, without(b)), dtype);
        assertClose({ ...found, nan: 0, infinite: 0 }, wanted, dtype);
      }
    }
  });

  it('plus and minus zero are the same value; a zero update is exactly zero', () => {
    const a = [0, -0, 1, 2, ...new Array<number>(60).fill(3)];
    const b = [-0, 0, 1, 2, ...new Array<number>(60).fill(3)];
    for (const dtype of dtypes) {
      const { update, changed, largest } = loaded([dtype, a], [dtype, b]).energies(0, 1);
      assert.deepEqual([update, changed, largest], [0, 0, 0]);
    }
  });

  it('inner products of two updates, entries that are not finite left out', () => {
    const blocks = [6, 7, 8].map((seed) => normals(1001, 0.02, seededUniform(seed)));
    for (const broken of [false, true]) {
      if (broken) blocks[1]![500] = NaN;
      for (const dtype of dtypes) {
        const kernel = loaded(...blocks.map((values) => [dtype, values] as const));
        const [a, b, c] = blocks.map((values) => exactly(dtype, values));
        const wanted = productCarefully(a!, b!, b!, c!);
        const found = kernel.product([0, 1], [1, 2]);
        assert.ok(Number.isFinite(wanted) && Math.abs(found - wanted) < 1e-6 * Math.abs(wanted), `${dtype}: ${found}`);
      }
    }
  });

  it('the update and the weights themselves, exactly', () => {
    const a = normals(777, 1, seededUniform(9));
    const b = normals(777, 1, seededUniform(10));
    b[5] = NaN;
    for (const dtype of dtypes) {
      const kernel = loaded([dtype, a], [dtype, b]);
      const into = new Float64Array(777);
      kernel.difference(0, 1, into);
      const [x, y] = [exactly(dtype, a), exactly(dtype, b)];
      assert.deepEqual(
        into,
        x.map((value, i) => (i === 5 ? 0 : y[i]! - value)),
      );
      kernel.weights(0, into);
      assert.deepEqual(into, x);
    }
  });
});

describe('energyOf', () => {
  it('the rounding floor is that of weights rounded to the format', () => {
    const random = seededUniform(11);
    const weights = normals(20000, 0.02, random);
    // Rounding to nearest bfloat16 by hand: the error's norm is what the floor predicts, within its own scatter.
    const nearest = weights.map((x) => {
      const step = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
      return Math.round(x / step) * step;
    });
    const error = Math.hypot(...nearest.map((x, i) => x - weights[i]!));
    const { roundingFloor } = energyOf(sumCarefully(nearest, nearest, 'BF16'), nearest.length, 'BF16');
    assert.ok(Math.abs(roundingFloor! / error - 1) < 0.02, `${roundingFloor} beside ${error}`);
  });

  it('steps of numbers below the smallest normal one stay the same', () => {
    const sums = sumCarefully(Float64Array.of(0), Float64Array.of(2 ** -20), 'F16');
    const { roundingFloor } = energyOf(sums, 1, 'F16');
    assert.ok(Math.abs(roundingFloor! / (2 ** -24 / Math.sqrt(12)) - 1) < 1e-12, `${roundingFloor}`);
  });

  it('relative to zero weights: nothing for a zero update, unknown else', () => {
    const zeros = new Float64Array(4);
    assert.equal(energyOf(sumCarefully(zeros, zeros, 'F32'), 4, 'F32').relativeEnergy, 0);
    assert.equal(
      energyOf(
        sumCarefully(
          zeros,
          zeros.map(() => 1),
          'F32',
        ),
        4,
        'F32',
      ).relativeEnergy,
      null,
    );
    assert.equal(
      energyOf(
        sumCarefully(
          zeros,
          zeros.map(() => NaN),
          'F32',
        ),
        4,
        'F32',
      ).changedFraction,
      0,
    );
  });
});
