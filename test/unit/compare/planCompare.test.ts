import assert from 'node:assert/strict';
import { renameSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import type { EnergyMeter } from '../../../src/core/compare/energy';
import { planCompare, type ComparePlan } from '../../../src/core/compare/planCompare';
import { measureSpan } from '../../../src/core/compare/span';
import { UpdateKernel } from '../../../src/core/compare/updateKernel';
import { WeightReader } from '../../../src/core/files/weightReader';
import type { CompareRow } from '../../../src/shared/compareResults';
import { InputError } from '../../../src/shared/errors';
import { seededUniform } from '../../../src/core/statistics/random';
import { normals, writeWeights, type Weights } from '../../harness/weights';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const stop = new AbortController().signal;

/** Sums in this thread; what the engine's workers do. */
const meter: EnergyMeter = {
  measure: (spans) => {
    const reader = new WeightReader();
    const measured = spans.map((span) =>
      measureSpan(span, new UpdateKernel(span.sources.length), (...place) => reader.read(...place)),
    );
    reader.close();
    return Promise.resolve(measured);
  },
};

type Tensors = Readonly<Record<string, Weights>>;

/** Plans the comparison of checkpoints written for it, in a chain. */
async function planned(chain: readonly Tensors[], options: { families?: readonly string[]; layers?: number[] } = {}) {
  const names = ['base', 'in', 'rl'];
  const warnings: string[] = [];
  const folders = chain.map((tensors, i) =>
    writeWeights(folder(), tensors, { family: options.families?.[i] ?? 'llama', layers: options.layers?.[i] ?? 2 }),
  );
  const opened = await Promise.all(folders.map((place) => openCheckpoint(place)));
  const phases = opened.slice(1).map((toCheckpoint, i) => {
    return { from: names[i]!, to: names[i + 1]!, fromCheckpoint: opened[i]!, toCheckpoint };
  });
  const ignore = () => undefined;
  const log = { info: ignore, warn: (message: string) => void warnings.push(message), error: ignore };
  return { plan: planCompare(phases, null, { meter, spectra: null, log }), warnings, folders };
}

async function rowsOf(plan: ComparePlan): Promise<CompareRow[]> {
  const rows: CompareRow[] = [];
  for (const i of plan.batches.keys()) rows.push(...(await plan.runBatch(i, stop)));
  assert.deepEqual(
    rows.map(({ key }) => key),
    plan.batches.flatMap(({ keys }) => keys),
    'rows have the keys of the plan, in order',
  );
  return rows;
}

const matrix = (values: readonly number[] | Float64Array, rows = 2, dtype: Weights['dtype'] = 'F32'): Weights => {
  return { dtype, shape: [rows, values.length / rows], values };
};
const up = 'model.layers.0.mlp.up_proj.weight';
const refused = (message: RegExp) => (error: Error) => error instanceof InputError && message.test(error.message);

describe('planCompare', () => {
  it('what each number is', async () => {
    const { plan } = await planned([{ [up]: matrix([3, 0, 0, 4]) }, { [up]: matrix([3, 1, 2, 4]) }]);
    const [row] = await rowsOf(plan);
    const { roundingFloor, ...rest } = row!;
    assert.deepEqual(rest, {
      key: `base→in/${up}`,
      from: 'base',
      to: 'in',
      name: up,
      part: 'languageModel',
      layer: 0,
      component: 'mlp',
      dtype: 'F32',
      shape: [2, 2],
      energy: Math.sqrt(5),
      relativeEnergy: Math.sqrt(5) / 5,
      changedFraction: 0.5,
      largest: 2,
      fromNorm: 5,
      toNorm: Math.sqrt(30),
      cosine: null,
    });
    // Steps of 3, 1, 2, 4 in float32: 2, 1, 2, 4 times 2^-23.
    assert.ok(Math.abs(roundingFloor! / ((5 * 2 ** -23) / Math.sqrt(12)) - 1) < 1e-12);
  });

  it('two phases: the cosine of one update and the next', async () => {
    const { plan } = await planned([
      { [up]: matrix([0, 0, 0, 0]) },
      { [up]: matrix([1, 0, 0, 0]) },
      { [up]: matrix([2, 1, 0, 0]) },
    ]);
    const [first, second] = await rowsOf(plan);
    assert.equal(first!.cosine, null);
    assert.ok(Math.abs(second!.cosine! - Math.SQRT1_2) < 1e-12);
    assert.deepEqual(second!.previous, { energy: 1, product: 1 });
    const [, group] = plan.summarise([first!, second!]).phases;
    assert.ok(Math.abs(group!.layers[0]!.cosine! - Math.SQRT1_2) < 1e-12);
  });

  it('identical checkpoints: exactly zero everywhere', async () => {
    const tensors = { [up]: matrix(normals(64, 1, seededUniform(1))), 'model.norm.weight': matrix([1, 2], 1) };
    const { plan, warnings } = await planned([tensors, tensors, tensors]);
    const rows = await rowsOf(plan);
    for (const { energy, relativeEnergy, changedFraction, largest, cosine } of rows) {
      assert.deepEqual([energy, relativeEnergy, changedFraction, largest, cosine], [0, 0, 0, 0, null]);
    }
    for (const { layers, parts, components } of plan.summarise(rows).phases) {
      for (const { energy, relativeEnergy } of [...layers, ...parts, ...components]) {
        assert.deepEqual([energy, relativeEnergy], [0, 0]);
      }
    }
    assert.deepEqual(warnings, []);
  });

  it('old and new names are the same tensor; the row has the name of `to`', async () => {
    const newer = 'model.language_model.layers.0.mlp.up_proj.weight';
    const { plan } = await planned([{ [up]: matrix([1, 2, 3, 4]) }, { [newer]: matrix([1, 2, 3, 5]) }]);
    const [row] = await rowsOf(plan);
    assert.deepEqual([row!.name, row!.energy], [newer, 1]);
  });

  it('a resized vocabulary is compared on the common rows, in both directions, and said', async () => {
    const name = 'model.embed_tokens.weight';
    const { plan, warnings } = await planned([
      { [name]: matrix([1, 1, 2, 2], 2) },
      { [name]: matrix([1, 2, 2, 2, 9, 9], 3) },
      { [name]: matrix([2, 2], 1) },
    ]);
    const [grown, shrunk] = await rowsOf(plan);
    assert.deepEqual(
      [grown!.shape, grown!.fromShape, grown!.comparedShape],
      [
        [3, 2],
        [2, 2],
        [2, 2],
      ],
    );
    assert.deepEqual([grown!.energy, grown!.changedFraction], [1, 0.25]);
    assert.deepEqual(
      [shrunk!.shape, shrunk!.fromShape, shrunk!.comparedShape],
      [
        [1, 2],
        [3, 2],
        [1, 2],
      ],
    );
    assert.deepEqual([shrunk!.energy, shrunk!.cosine, shrunk!.previous], [1, 0, { energy: 1, product: 0 }]);
    assert.deepEqual(warnings, [
      `${name} (base → in) had the shape [2, 2]: the first 2 rows are compared`,
      `${name} (in → rl) had the shape [3, 2]: the first 1 rows are compared`,
    ]);
  });

  it('shapes without common rows, eight bits and integers are skipped with a reason', async () => {
    const other = (dtype: Weights['dtype']) => matrix([1, 2, 3, 4], 2, dtype);
    const { plan, warnings } = await planned([
      { [up]: matrix([1, 2, 3, 4], 2), a: other('F8_E4M3'), b: other('I32'), c: other('F32') },
      { [up]: matrix([1, 2, 3, 4], 1), a: other('F8_E4M3'), b: other('I32'), c: other('I32') },
    ]);
    const rows = await rowsOf(plan);
    assert.deepEqual(
      rows.map(({ name, skipped, energy }) => [name, skipped, energy]),
      [
        ['a', 'F8_E4M3 has no weights that could be compared', null],
        ['b', 'I32 has no weights that could be compared', null],
        ['c', 'I32 has no weights that could be compared', null],
        [up, 'the shapes [2, 2] and [1, 4] have no rows in common', null],
      ],
    );
    assert.equal(warnings.length, 4);
    assert.equal(plan.summarise(rows).phases[0]!.layers[0]!.tensors, 0);
  });

  it('entries that are no numbers are counted, named and left out', async () => {
    const { plan, warnings } = await planned([{ [up]: matrix([1, NaN, 3, 4]) }, { [up]: matrix([1, 2, Infinity, 5]) }]);
    const [row] = await rowsOf(plan);
    assert.deepEqual([row!.energy, row!.changedFraction, row!.notFinite], [1, 0.5, { nan: 1, infinite: 1 }]);
    assert.deepEqual(warnings, [`${up} (base → in) has entries that are no numbers, left out: 1 NaN, 1 infinite`]);
  });

  it('tensors that only one side has are named, the others compared', async () => {
    const { plan, warnings } = await planned([
      { [up]: matrix([1, 2]), 'model.layers.1.mlp.up_proj.weight': matrix([1, 2]) },
      { [up]: matrix([1, 3]), 'lm_head.weight': matrix([1, 2]) },
    ]);
    assert.equal((await rowsOf(plan)).length, 1);
    const [{ onlyFrom, onlyTo }] = plan.facts.phases as [ComparePlan['facts']['phases'][0]];
    assert.deepEqual([onlyFrom, onlyTo], [['model.layers.1.mlp.up_proj.weight'], ['lm_head.weight']]);
    assert.equal(warnings.length, 2);
    assert.match(
      warnings[0]!,
      /^1 tensors of base are not in in, the first is model\.layers\.1\.mlp\.up_proj\.weight$/,
    );
  });

  it('different families and layer counts are said; without a common tensor it is refused', async () => {
    const { plan, warnings } = await planned([{ [up]: matrix([1, 2]) }, { [up]: matrix([1, 3]) }], {
      families: ['llama', 'mistral'],
      layers: [2, 3],
    });
    assert.equal((await rowsOf(plan))[0]!.energy, 1);
    assert.deepEqual(warnings, [
      'base is a llama, in a mistral: tensors are matched by name',
      'base has 2 decoder layers, in 3',
    ]);
    await assert.rejects(
      planned([{ a: matrix([1, 2]) }, { b: matrix([1, 2]) }]),
      refused(/^base \(llama\) and in \(llama\) have no tensor in common$/),
    );
  });

  it('a file replaced or cut off while it is read', async () => {
    const tensors = { [up]: matrix(normals(64, 1, seededUniform(1))) };
    const replaced = await planned([tensors, tensors]);
    renameSync(
      path.join(writeWeights(folder(), tensors), 'model.safetensors'),
      path.join(replaced.folders[1]!, 'model.safetensors'),
    );
    await assert.rejects(rowsOf(replaced.plan), refused(/model\.safetensors was changed while it was being compared$/));
    const cut = await planned([tensors, tensors]);
    truncateSync(path.join(cut.folders[0]!, 'model.safetensors'), 300);
    await assert.rejects(rowsOf(cut.plan), refused(/model\.safetensors (ends before byte|was changed)/));
  });

  it('a large tensor is summed in pieces to the same numbers', async () => {
    const n = (4 << 20) + 77;
    const random = seededUniform(3);
    const a = Float64Array.from({ length: n }, random);
    const b = a.map((x, i) => (i % 3 === 0 ? x + 0.25 : x));
    const { plan } = await planned([{ [up]: matrix(a, 1) }, { [up]: matrix(b, 1) }]);
    const [row] = await rowsOf(plan);
    const exact = Math.sqrt(a.reduce((sum, x, i) => sum + (Math.fround(b[i]!) - Math.fround(x)) ** 2, 0));
    assert.ok(Math.abs(row!.energy! / exact - 1) < 1e-6);
    assert.equal(row!.changedFraction, Math.ceil(n / 3) / n);
  });
});
