/** Hybrids whose weights are computed: once, the same everywhere, and written as they are run. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { decodeFloats, type FloatDtype } from '../../src/core/compare/floats';
import { mergeMethods } from '../../src/core/merge/methods/methods';
import { command, type Ended } from '../harness/commandLine';
import { sampleLab } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';
import { seededUniform } from '../../src/core/statistics/random';
import { normals, writeWeights } from '../harness/weights';

const folder = temporaryFolders();
const lab = Object.fromEntries(['base', 'in', 'rl'].map((name) => [name, path.join(sampleLab, name)]));

function experiment(hybrids: object, checkpoints: object = lab, steps: readonly object[] = []): string {
  const file = path.join(folder(), 'x.frankenstein.yaml');
  writeFileSync(file, JSON.stringify({ version: 1, checkpoints, hybrids, steps }));
  return file;
}

function documentOf<T>({ code, stdout, stderr }: Ended): T {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

async function written(file: string, hybrid: string): Promise<string> {
  const out = path.join(folder(), 'merged');
  documentOf(await command('merge', file, '--hybrid', hybrid, '--out', out, '--json'));
  return out;
}

async function weightsOf(place: string): Promise<Map<string, Float64Array>> {
  const { tensors } = await openCheckpoint(place);
  return new Map(
    [...tensors].map(([name, { dtype, path: file, offset, length }]) => {
      return [name, decodeFloats(dtype as FloatDtype, readFileSync(file).subarray(offset, offset + length))];
    }),
  );
}

describe('arithmetic hybrids', () => {
  const ties = {
    method: 'ties',
    base: 'base',
    models: [
      { model: 'in', weight: 1, density: 0.5 },
      { model: 'rl', weight: [0, 1], density: 0.5 },
    ],
  };

  it('virtual and written answer with the same tokens; the weights are computed once', async () => {
    const file = experiment({ ties });
    const words = ['--prompt', 'What is 3 plus 4?', '--max-new-tokens', '16', '--json'];
    const answer = async (...model: string[]) => {
      return documentOf<{ tokens: number[] }>(await command('generate', ...model, ...words)).tokens;
    };
    const first = await answer('--experiment', file, '--checkpoint', 'ties');
    const cache = path.join(path.dirname(file), 'x.runs/.computed');
    const [kept] = readdirSync(cache);
    const { mtimeMs } = statSync(path.join(cache, kept!));
    assert.deepEqual(await answer('--experiment', file, '--checkpoint', 'ties'), first);
    assert.deepEqual(await answer(await written(file, 'ties')), first);
    assert.deepEqual(readdirSync(cache), [kept]);
    assert.equal(statSync(path.join(cache, kept!)).mtimeMs, mtimeMs);
  });

  it('a gradient runs over the layers: at weight 0 the base, at weight 1 the model', async () => {
    const linear = { method: 'task_arithmetic', base: 'base', models: [{ model: 'in', weight: [0, 1] }] };
    const [merged, base, IN] = await Promise.all([
      weightsOf(await written(experiment({ linear }), 'linear')),
      weightsOf(lab.base!),
      weightsOf(lab.in!),
    ]);
    const name = (layer: number) => `model.layers.${layer}.mlp.up_proj.weight`;
    assert.deepEqual(merged.get(name(0)), base.get(name(0)));
    assert.deepEqual(merged.get(name(11)), IN.get(name(11)));
    assert.deepEqual(
      merged.get('model.norm.weight'),
      base.get('model.norm.weight'),
      'outside of layers the first value',
    );
  });

  it('seeded: one seed, the same bytes in any folder; another seed, others', async () => {
    const dare = (seed: number) => ({
      method: 'dare_linear',
      base: 'base',
      models: [{ model: 'rl', weight: 1, density: 0.5 }],
      seed,
    });
    const bytes = async (seed: number) =>
      readFileSync(path.join(await written(experiment({ dare: dare(seed) }), 'dare'), 'model.safetensors'));
    const [one, again, other] = [await bytes(1), await bytes(1), await bytes(2)];
    assert.ok(one.equals(again) && !one.equals(other));
  });

  it('every method runs, in each format, rounded once', async () => {
    const random = seededUniform(9);
    const make = (dtype: FloatDtype) =>
      writeWeights(folder(), {
        'model.layers.0.mlp.up_proj.weight': { dtype, shape: [8, 16], values: normals(128, 0.1, random) },
        'model.layers.1.mlp.up_proj.weight': { dtype, shape: [8, 16], values: normals(128, 0.1, random) },
      });
    for (const dtype of ['BF16', 'F16', 'F32'] as const) {
      const checkpoints = { a: make(dtype), b: make(dtype), c: make(dtype) };
      const hybrids = Object.fromEntries(
        mergeMethods.map(({ name, base, models, perModel, parameters }) => {
          const count = Math.max(models.min, Math.min(2, models.max ?? 2));
          const required = perModel.filter((spec) => spec.default === null).map((spec) => [spec.name, 0.5]);
          const shared = parameters.filter((spec) => spec.default === null).map((spec) => [spec.name, 0.5]);
          const list = ['b', 'c'].slice(0, count).map((model) => ({ model, ...Object.fromEntries(required) }));
          const own = { method: name, models: list, parameters: Object.fromEntries(shared) };
          return [`m_${name}`, base === 'none' ? own : { ...own, base: 'a' }];
        }),
      );
      const phases = Object.keys(hybrids).map((name) => ['b', name]);
      const file = experiment(hybrids, checkpoints, [{ compare: { id: 'c', phases } }]);
      const { steps } = documentOf<{ steps: { phases: { tensors: { dtype: string; energy: number }[] }[] }[] }>(
        await command('run', file, '--json'),
      );
      assert.equal(steps[0]!.phases.length, mergeMethods.length);
      for (const [i, { tensors }] of steps[0]!.phases.entries()) {
        assert.ok(
          tensors.every((tensor) => tensor.dtype === dtype && Number.isFinite(tensor.energy)),
          phases[i]![1],
        );
      }
    }
  });

  it('what does not fit: exit 2, the hybrid named', async () => {
    const other = writeWeights(folder(), { x: { dtype: 'F32', shape: [1], values: [1] } });
    for (const [hybrid, said] of [
      [
        { method: 'magic', models: [{ model: 'in' }] },
        /hybrid "h": there is no merge method "magic"\. The methods are passthrough, linear/,
      ],
      [{ method: 'ties', models: [{ model: 'in', weight: 1 }] }, /hybrid "h": ties needs a base/],
      [{ method: 'linear', models: [{ model: 'in' }] }, /hybrid "h": linear needs weight/],
      [
        { method: 'linear', models: [{ model: 'in', weight: 1, densty: 1 }] },
        /hybrid "h": a model of linear has no parameter "densty"/,
      ],
      [
        {
          method: 'linear',
          models: [
            { model: 'in', weight: 1 },
            { model: 'other', weight: 1 },
          ],
        },
        /hybrid "h": other is a llama, in a qwen2_5_vl/,
      ],
    ] as const) {
      const file = experiment({ h: hybrid }, { ...lab, other });
      const { code, stderr } = await command(
        'generate',
        '--experiment',
        file,
        '--checkpoint',
        'h',
        '--prompt',
        'x',
        '--json',
      );
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
  });
});
