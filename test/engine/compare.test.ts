/** Comparing through the command line: contract, reference values, and what can be wrong with the input. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ComparePhase, CompareRow, CompareTensor } from '../../src/shared/compareResults';
import { command, countLines, holderOf, startCommand, waitUntil, type Ended } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';
import { seededUniform } from '../../src/core/statistics/random';
import { normals, writeWeights } from '../harness/weights';

const folder = temporaryFolders();
const lab = (name: string) => path.join(sampleLab, name);

/** One phase of the reference, float64; it has the first 50 singular values. */
interface ReferencePhase {
  readonly from: string;
  readonly to: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly energy: number;
    readonly relative: number;
    readonly changed: number;
    readonly max: number;
    readonly spectral?: number;
    readonly nuclear?: number;
    readonly stableRank?: number;
    readonly effectiveRank?: number;
    readonly singularValues?: readonly number[];
  }[];
}

const reference = JSON.parse(readFileSync('test/fixtures/compare/lab.json', 'utf8')) as { phases: ReferencePhase[] };

function documentOf<T>({ code, stdout, stderr }: Ended): T {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

function assertClose(found: number | null | undefined, wanted: number, tolerance: number, what: string): void {
  assert.ok(
    typeof found === 'number' && Math.abs(found - wanted) <= tolerance * Math.abs(wanted),
    `${what}: ${found}, not ${wanted}`,
  );
}

function assertReference(tensors: readonly CompareTensor[], { from, tensors: wanted }: ReferencePhase): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  assert.equal(byName.size, wanted.length);
  for (const golden of wanted) {
    const own = byName.get(golden.name)!;
    const what = `${from}: ${golden.name}`;
    assertClose(own.energy, golden.energy, 1e-6, `${what} energy`);
    assertClose(own.relativeEnergy, golden.relative, 1e-6, `${what} relative`);
    assertClose(own.changedFraction, golden.changed, 1e-12, `${what} changed`);
    assertClose(own.largest, golden.max, 1e-6, `${what} largest`);
    for (const field of ['spectral', 'nuclear', 'stableRank', 'effectiveRank'] as const) {
      if (golden[field] !== undefined) assertClose(own[field], golden[field], 1e-6, `${what} ${field}`);
    }
    golden.singularValues?.forEach((sigma, i) => {
      const floor = 1e-3 * golden.singularValues![0]!;
      if (sigma >= floor) assertClose(own.singularValues![i], sigma, 1e-6, `${what} σ${i + 1}`);
    });
    if (golden.energy === 0) assertZero(own, what);
  }
}

/** A frozen tensor: exactly zero, whatever is asked. */
function assertZero(tensor: CompareTensor, what: string): void {
  const { energy, relativeEnergy, changedFraction, largest, spectral, nuclear, stableRank, effectiveRank } = tensor;
  const numbers = [energy, relativeEnergy, changedFraction, largest, spectral, nuclear, stableRank, effectiveRank];
  assert.ok(
    numbers.every((value) => value === 0 || value === undefined),
    `${what}: ${numbers.join()}`,
  );
  assert.ok(
    (tensor.singularValues ?? []).every((sigma) => sigma === 0),
    what,
  );
}

describe('compare A B --json', () => {
  const fields = 'name part layer component dtype shape energy relativeEnergy changedFraction largest roundingFloor';
  const groupFields = 'energy relativeEnergy';

  it('energies: fields of design, values of the float64 reference', async () => {
    const { phases, ...rest } = documentOf<{ phases: ComparePhase[] }>(
      await command('compare', lab('base'), lab('in'), '--json'),
    );
    assert.deepEqual(rest, { device: 'cpu' });
    assert.equal(phases.length, 1);
    const [{ from, to, tensors, layers, components, regions, onlyFrom, onlyTo }] = phases as [ComparePhase];
    assert.deepEqual([from, to, onlyFrom, onlyTo], [lab('base'), lab('in'), [], []]);
    for (const tensor of tensors) {
      for (const field of fields.split(' ')) assert.ok(field in tensor, field);
      for (const field of ['spectral', 'singularValues']) assert.ok(!(field in tensor), field);
    }
    assertReference(tensors, {
      ...reference.phases[0]!,
      tensors: reference.phases[0]!.tensors.map(({ name, energy, relative, changed, max }) => ({
        name,
        energy,
        relative,
        changed,
        max,
      })),
    });
    for (const row of [...layers, ...components]) for (const field of groupFields.split(' ')) assert.ok(field in row);
    const ownLayer = tensors.filter(({ part, layer }) => part === 'languageModel' && layer === 3);
    const row = layers.find(({ part, layer }) => part === 'languageModel' && layer === 3)!;
    assertClose(row.energy, Math.hypot(...ownLayer.map(({ energy }) => energy!)), 1e-12, 'layer 3');
    assert.equal(layers.length, 6 + 12 + 4, 'vision, decoder, patch embedding, projector, embeddings, final norm');
    assert.deepEqual(
      regions.map(({ region }) => region),
      ['early', 'mid', 'late'],
    );
  });

  it('--spectrum: values of the float64 reference, zero where nothing moved', async () => {
    const { phases } = documentOf<{ phases: ComparePhase[] }>(
      await command('compare', lab('in'), lab('rl'), '--spectrum', '--json'),
    );
    assertReference(phases[0]!.tensors, reference.phases[1]!);
    for (const { name, shape, singularValues, overlap } of phases[0]!.tensors) {
      if (shape.length < 2) continue;
      const smaller = Math.min(
        shape[0]!,
        shape.slice(1).reduce((product, size) => product * size, 1),
      );
      assert.equal(singularValues!.length, smaller, name);
      assert.ok(
        singularValues!.every((sigma, i) => sigma >= 0 && sigma <= (singularValues![i - 1] ?? Infinity)),
        name,
      );
      assert.ok(overlap!.weights === null || (overlap!.weights >= 0 && overlap!.weights <= 1 + 1e-9), name);
    }
    const layer = phases[0]!.layers.find(({ part, layer: number }) => part === 'languageModel' && number === 3)!;
    assert.ok(layer.stableRank! > 1 && layer.effectiveRank! > layer.stableRank!);
  });

  it('for people: a line per layer', async () => {
    const { code, stdout } = await command('compare', lab('base'), lab('in'));
    assert.equal(code, 0);
    assert.match(stdout, /update energy per layer\n.*‖Δ‖/);
    assert.match(stdout, /languageModel 11 +\d\.\d{3} +\d\d\.\d %/);
  });

  it('a checkpoint and itself: zero, exactly, everywhere', async () => {
    const { phases } = documentOf<{ phases: ComparePhase[] }>(
      await command('compare', lab('in'), lab('in'), '--spectrum', '--json'),
    );
    phases[0]!.tensors.forEach((tensor) => assertZero(tensor, tensor.name));
    for (const group of [...phases[0]!.layers, ...phases[0]!.components, ...phases[0]!.parts]) {
      assert.deepEqual(
        [group.energy, group.relativeEnergy, group.stableRank ?? 0, group.effectiveRank ?? 0],
        [0, 0, 0, 0],
      );
    }
  });

  it('any folder with safetensors: other architectures, single tensors, what is odd said on standard error', async () => {
    const matrix = (seed: number, rows = 4) => {
      return { dtype: 'F32' as const, shape: [rows, 3], values: normals(3 * rows, 1, seededUniform(seed)) };
    };
    const a = writeWeights(folder(), { x: matrix(1), gone: matrix(2), 'model.embed_tokens.weight': matrix(3, 5) });
    const broken = { ...matrix(4), values: normals(12, 1, seededUniform(4)).fill(NaN, 3, 5) };
    const b = writeWeights(
      folder(),
      { x: broken, f8: { dtype: 'F8_E4M3', shape: [1], values: [1] }, 'model.embed_tokens.weight': matrix(5, 7) },
      { family: 'mistral', layers: 3 },
    );
    const ended = await command('compare', a, b, '--spectrum', '--json');
    const [phase] = documentOf<{ phases: ComparePhase[] }>(ended).phases;
    assert.deepEqual([phase!.onlyFrom, phase!.onlyTo], [['gone'], ['f8']]);
    assert.deepEqual(phase!.tensors.find(({ name }) => name === 'x')!.notFinite, { nan: 2, infinite: 0 });
    for (const said of [
      /is a llama, .* a mistral/,
      /2 decoder layers/,
      /x .* 2 NaN, 0 infinite/,
      /\[5, 3\]: the first 5 rows/,
    ]) {
      assert.match(ended.stderr, said);
    }
  });

  it('what cannot be compared: exit 2 and one line', async () => {
    const other = writeWeights(folder(), { x: { dtype: 'F32', shape: [1], values: [1] } });
    for (const [words, said] of [
      [[lab('base'), other], /have no tensor in common\. Compare checkpoints of one architecture/],
      [[lab('base'), folder()], /config\.json/],
      [[lab('base')], /expected FROM TO, got 1 words/],
    ] as const) {
      const { code, stdout, stderr } = await command('compare', ...words, '--json');
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, said);
    }
  });
});

describe('a compare step', () => {
  const step = '  - compare: { id: updates, phases: [[base, in], [in, rl]], spectrum: true }';

  let whole: string;
  let ended: Ended;
  before(async () => {
    whole = folder();
    ended = await command('run', writeExperiment(folder(), 'steps:', step), '--out', whole, '--json');
  });

  it('rows, summary, and the cosine of one phase and the next', () => {
    const { steps } = documentOf<{ steps: { step: string; kind: string; device: string; phases: ComparePhase[] }[] }>(
      ended,
    );
    const [summary] = steps;
    assert.deepEqual([summary!.step, summary!.kind, summary!.device], ['updates', 'compare', 'cpu']);
    summary!.phases.forEach((phase, i) => assertReference(phase.tensors, reference.phases[i]!));
    const rows = readFileSync(path.join(whole, 'updates/rows.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(rows.length, 448);
    const first = JSON.parse(rows[1]!) as CompareRow;
    assert.deepEqual([first.key, first.from, first.to], [`in→rl/${first.name}`, 'in', 'rl']);
    const [IN, RL] = summary!.phases as [ComparePhase, ComparePhase];
    assert.ok(IN.tensors.every(({ cosine }) => cosine === null));
    assert.ok(RL.tensors.every(({ cosine, energy }) => (energy === 0 ? cosine === null : Math.abs(cosine!) <= 1)));
    assert.ok(RL.tensors.some(({ overlap }) => typeof overlap?.previous === 'number'));
  });

  it('killed and resumed: the same bytes', async () => {
    const [file, broken] = [writeExperiment(folder(), 'steps:', step), folder()];
    const run = path.join(broken, 'updates');
    const rows = path.join(run, 'rows.jsonl');
    const started = startCommand(['run', file, '--out', broken]);
    assert.ok(await waitUntil(() => countLines(rows) > 20, started.ended), 'it was caught in the middle');
    process.kill(holderOf(run)!, 'SIGKILL');
    await started.ended;
    assert.ok(countLines(rows) < 448);
    assert.equal((await command('run', file, '--out', broken)).code, 0);
    for (const name of ['rows.jsonl', 'summary.json']) {
      assert.ok(readFileSync(path.join(run, name)).equals(readFileSync(path.join(whole, 'updates', name))), name);
    }
  });

  it('threads change nothing', async () => {
    const [file, one, two] = [
      writeExperiment(folder(), 'steps:', step.replace(', spectrum: true', '')),
      folder(),
      folder(),
    ];
    assert.equal((await command('run', file, '--out', one, '--threads', '1')).code, 0);
    assert.equal((await command('run', file, '--out', two, '--threads', '3')).code, 0);
    const read = (runs: string) => readFileSync(path.join(runs, 'updates/rows.jsonl'), 'utf8');
    assert.equal(read(one), read(two));
  });

  it('a checkpoint without a config or with a torn shard is refused by name', async () => {
    const torn = folder();
    cpSync(lab('rl'), torn, { recursive: true });
    writeFileSync(path.join(torn, 'model.safetensors'), readFileSync(lab('rl/model.safetensors')).subarray(0, 100_000));
    const { code, stderr } = await command('compare', lab('in'), torn, '--json');
    assert.equal(code, 2);
    assert.ok(stderr.includes(path.join(torn, 'model.safetensors')), stderr);
  });
});
