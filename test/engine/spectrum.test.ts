import assert from 'node:assert/strict';
import { subspaceOverlap } from '../../src/core/compare/spectrum/directions';
import { gramMatrix } from '../../src/core/compare/spectrum/gram';
import { matrix, type Matrix } from '../../src/core/compare/spectrum/matrix';
import { isWorthPreviewing, smallestPreview } from '../../src/core/compare/spectrum/previewSpectrum';
import { Products } from '../../src/core/compare/spectrum/products';
import { SpectrumAnalyser, spectrumBytes } from '../../src/core/compare/spectrum/spectrum';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { seededUniform } from '../../src/core/statistics/random';
import { normals } from '../harness/weights';
import { distance, never, sourceOf, withSingularValues } from '../unit/compare/spectrum/knownMatrices';

const runtime = new OrtRuntime('cpu', 2);
const analyser = new SpectrumAnalyser(runtime);
after(() => runtime.releaseAll());

const analyse = (of: Matrix) => analyser.analyse(sourceOf(of), never);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const effectiveRank = (sigma: readonly number[]) => {
  const shares = sigma.map((value) => value / sum(sigma)).filter((p) => p > 0);
  return Math.exp(-sum(shares.map((p) => p * Math.log(p))));
};
const power = (n: number, exponent: number) => Array.from({ length: n }, (_, i) => 3 * (i + 1) ** -exponent);

describe('the exact spectrum', () => {
  for (const [rows, columns] of [
    [1, 9],
    [9, 1],
    [1, 1],
    [2, 2],
    [31, 64],
    [300, 700],
    [700, 300],
    [257, 257],
    [600, 601],
  ]) {
    it(`is the one that a ${rows} × ${columns} matrix was made from`, async () => {
      const sigma = power(Math.min(rows, columns), 0.8);
      const { spectrum, directions } = await analyse(withSingularValues(rows, columns, sigma).matrix);
      assert.ok(distance(spectrum.singularValues, sigma) < 1e-12);
      spectrum.singularValues.forEach((value, i) => assert.ok(Math.abs(value / sigma[i] - 1) < 1e-8));
      assert.ok(Math.abs(spectrum.spectral - 3) < 1e-13);
      assert.ok(Math.abs(spectrum.nuclear / sum(sigma) - 1) < 1e-12);
      assert.ok(Math.abs(spectrum.stableRank / (sum(sigma.map((value) => value ** 2)) / 9) - 1) < 1e-12);
      assert.ok(Math.abs(spectrum.effectiveRank / effectiveRank(sigma) - 1) < 1e-10);
      assert.ok(Math.abs(spectrum.logVolume! - sum(sigma.slice(0, 50).map(Math.log))) < 1e-10);
      assert.equal(directions.dimension, Math.min(rows, columns, 16));
      assert.equal(directions.vectors.columns, rows);
    });
  }

  it('keeps small values over seven orders of magnitude', async () => {
    const sigma = Array.from({ length: 290 }, (_, i) => 10 ** (-i / 50));
    const { spectrum } = await analyse(withSingularValues(290, 400, sigma).matrix);
    spectrum.singularValues.forEach((value, i) => {
      const relative = Math.abs(value / sigma[i] - 1);
      assert.ok(relative < (sigma[i] > 1e-3 ? 1e-8 : 1e-14 / sigma[i] ** 2), `${sigma[i]}: ${relative}`);
    });
  });

  for (const [rows, columns] of [
    [90, 200],
    [300, 700],
    [700, 300],
  ]) {
    it(`has exact zeros beyond the rank of a ${rows} × ${columns} matrix`, async () => {
      const sigma = [4, 2, 2, 1, 0.5];
      const { spectrum, directions } = await analyse(withSingularValues(rows, columns, sigma).matrix);
      const rest = spectrum.singularValues.slice(5);
      assert.ok(distance(spectrum.singularValues.slice(0, 5), sigma) < 1e-14 * 20);
      assert.deepEqual(rest, Array(Math.min(rows, columns) - 5).fill(0));
      assert.equal(spectrum.logVolume, null);
      assert.equal(directions.dimension, 5);
    });
  }

  for (const [rows, columns] of [
    [3, 5],
    [300, 310],
  ]) {
    it(`of a zero ${rows} × ${columns} matrix is zero`, async () => {
      const { spectrum, directions } = await analyse(matrix(rows, columns));
      assert.deepEqual(spectrum, {
        spectral: 0,
        nuclear: 0,
        stableRank: 0,
        effectiveRank: 0,
        logVolume: null,
        singularValues: Array(rows).fill(0),
      });
      assert.equal(directions.dimension, 0);
      assert.equal(subspaceOverlap(directions, directions), null);
    });
  }

  it('follows the scale, as far as float32 goes', async () => {
    const sigma = power(300, 0.5);
    const { matrix: a } = withSingularValues(300, 330, sigma);
    for (const scale of [2 ** -140, 2 ** 120]) {
      const scaled = matrix(a.rows, a.columns, a.data.map((value) => value * scale)); // prettier-ignore
      const { spectrum, directions } = await analyse(scaled);
      assert.ok(distance(spectrum.singularValues.map((value) => value / scale), sigma) < 1e-12); // prettier-ignore
      assert.equal(directions.dimension, 16);
    }
  });

  it('is the same every time', async () => {
    const a = matrix(300, 350, normals(300 * 350, 1, seededUniform(8)));
    assert.deepEqual(await analyse(a), await analyse(a));
  });

  it('can be given up', async () => {
    const stop = new AbortController();
    const { read, ...shape } = sourceOf(matrix(400, 500, normals(400 * 500, 1, seededUniform(9))));
    const late = { ...shape, read: (...call: Parameters<typeof read>) => read(...call).finally(() => stop.abort()) };
    await assert.rejects(analyser.analyse(late, stop.signal), { name: 'AbortError' });
  });
});

describe('the Gram matrix', () => {
  const products = new Products(runtime);
  for (const [rows, columns] of [
    [520, 530],
    [530, 520],
  ]) {
    it(`of a ${rows} × ${columns} matrix is the same when little of it is held`, async () => {
      const source = sourceOf(matrix(rows, columns, normals(rows * columns, 1, seededUniform(7)).map(Math.round)));
      const size = 544;
      const whole = await gramMatrix(source, size, products, never);
      const limits = { held: 201 * columns, chunk: 37 * columns };
      // Of whole numbers: products and sums are exact, in whatever order.
      assert.deepEqual(await gramMatrix(source, size, products, never, limits), whole);
      const entry = (i: number, j: number) => whole.data[i * size + j];
      assert.equal(entry(500, 3), entry(3, 500));
      assert.ok(entry(519, 519) > 0 && entry(543, 0) === 0);
    });
  }
});

describe('leading directions', () => {
  for (const [rows, columns] of [
    [100, 150],
    [300, 700],
    [700, 300],
  ]) {
    it(`of a ${rows} × ${columns} matrix are its left singular vectors`, async () => {
      const made = withSingularValues(rows, columns, power(Math.min(rows, columns), 0.7));
      const truth = { dimension: 16, vectors: matrix(16, rows, made.left.data.slice(0, 16 * rows)) };
      const { directions } = await analyse(made.matrix);
      const alone = await analyser.leadingDirections(sourceOf(made.matrix), never);
      for (const found of [directions, alone]) {
        assert.equal(found.dimension, 16);
        assert.ok(subspaceOverlap(found, truth)! > 1 - 1e-11);
      }
    });
  }

  it('overlap as they were made to', async () => {
    const { matrix: a, left } = withSingularValues(400, 300, [5, 4, 3, 2], 1);
    const other = withSingularValues(400, 300, [5, 4, 3, 2], 2);
    let expected = 0;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const [u, v] = [left, other.left].map(({ data }, k) =>
          data.subarray((k ? j : i) * 400, ((k ? j : i) + 1) * 400),
        );
        expected += u.reduce((total, value, at) => total + value * v[at], 0) ** 2 / 4;
      }
    }
    const [one, two] = await Promise.all(
      [a, other.matrix].map((of) => analyser.leadingDirections(sourceOf(of), never)),
    );
    assert.ok(Math.abs(subspaceOverlap(one, two)! - expected) < 1e-9);
  });
});

describe('the preview', () => {
  const [rows, columns] = [smallestPreview, 2 * smallestPreview];
  const n = rows;
  const made: Record<string, () => Matrix> = {
    Gaussian: () => matrix(rows, columns, normals(rows * columns, 1e-4, seededUniform(5))),
    'power law': () => withSingularValues(rows, columns, power(n, 0.7)).matrix,
    exponential: () =>
      withSingularValues(
        rows,
        columns,
        Array.from({ length: n }, (_, i) => Math.exp(-i / 35)),
      ).matrix,
    'rank 64 and a floor': () =>
      withSingularValues(rows, columns, Array.from({ length: n }, (_, i) => (i < 64 ? 1 : 0.05 - 1e-5 * i))).matrix, // prettier-ignore
    'rank 12': () => withSingularValues(rows, columns, power(12, 0.3)).matrix,
    'tall, power law': () => withSingularValues(columns, rows, power(n, 0.5)).matrix,
    'beyond float32': () => withSingularValues(rows, columns, power(n, 0.5).map((value) => value * 1e-35)).matrix, // prettier-ignore
  };
  for (const [name, make] of Object.entries(made)) {
    it(`is within three of its errors: ${name}`, async () => {
      const source = sourceOf(make());
      const preview = await analyser.preview(source, never);
      const { spectrum } = await analyser.analyse(source, never);
      const off = (found: number, truth: number) => Math.abs(Math.log(found / truth));
      assert.ok(off(preview.nuclear, spectrum.nuclear) < 3 * preview.nuclearError);
      assert.ok(off(preview.effectiveRank, spectrum.effectiveRank) < 3 * preview.effectiveRankError);
      assert.ok(preview.nuclearError < 0.05 && preview.effectiveRankError < 0.15, 'errors worth stating');
      assert.ok(off(preview.spectral, spectrum.spectral) < 0.02);
      assert.ok(off(preview.stableRank, spectrum.stableRank) < 0.04);
    });
  }

  it('of a small matrix or of none is exact', async () => {
    const small = withSingularValues(40, 50, power(40, 0.4)).matrix;
    const { spectrum } = await analyse(small);
    const { spectral, nuclear, stableRank, effectiveRank: rank } = spectrum;
    const exact = { spectral, nuclear, stableRank, effectiveRank: rank, nuclearError: 0, effectiveRankError: 0 };
    assert.deepEqual(await analyser.preview(sourceOf(small), never), exact);
    const none = await analyser.preview(sourceOf(matrix(rows, rows)), never);
    assert.deepEqual([none.nuclear, none.effectiveRank, none.nuclearError], [0, 0, 0]);
  });
});

describe('whether a preview comes sooner', () => {
  it('is so for matrices neither small nor too large to be held', () => {
    assert.equal(isWorthPreviewing(3584, 18944), true);
    assert.equal(isWorthPreviewing(512, 18944), false);
    assert.equal(isWorthPreviewing(152064, 3584), false);
  });
});

describe('the memory that a spectrum takes', () => {
  it('is bounded beside the Gram matrix, whatever the longer side', () => {
    const gram = 8 * 1.5 * 3584 ** 2;
    assert.ok(spectrumBytes(152064, 3584) - gram < 2 ** 30);
    assert.ok(spectrumBytes(3584, 152064) - gram < 2 ** 30);
    assert.ok(spectrumBytes(8, 8) < 2 ** 20);
  });
});
