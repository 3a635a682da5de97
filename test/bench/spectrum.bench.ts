/**
 * The exact spectrum of an update of bfloat16 weights against torch on the CPU: `svdvals` in float32, and the Gram
 * matrix in float64 with `eigvalsh`. All start from the update in memory; values are held against svdvals in float64.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { decodeFloats } from '../../src/core/compare/floats';
import { gramMatrix } from '../../src/core/compare/spectrum/gram';
import type { MatrixSource } from '../../src/core/compare/spectrum/matrixSource';
import { Products } from '../../src/core/compare/spectrum/products';
import { describeSpectrum, SpectrumAnalyser } from '../../src/core/compare/spectrum/spectrum';
import { SymmetricEigenvalues, workingSize } from '../../src/core/compare/spectrum/symmetricEigenvalues';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { seededUniform } from '../../src/core/statistics/random';
import { encodeWeights, normals } from '../harness/weights';
import { conclude, interleave, printTable, ratio, seconds, type Verdict } from './measure';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '3584' },
    columns: { type: 'string', default: '18944' },
    threads: { type: 'string', default: String(availableParallelism()) },
    repetitions: { type: 'string', default: '3' },
  },
});
const [rows, columns, threads, repetitions] = [options.rows, options.columns, options.threads, options.repetitions].map(
  Number,
);
const aims = { svdvals: 1.5, wished: 5, value: 1e-4, rank: 1e-3, above: 1e-3 };
const never = new AbortController().signal;

interface Reference {
  readonly seconds: { readonly whole: number; readonly eigenvalues?: number };
  readonly singularValues: readonly number[];
}

async function main(): Promise<void> {
  const update = makeUpdate();
  const source: MatrixSource = {
    rows,
    columns,
    read: (from, to, into) => Promise.resolve(into.set(update.subarray(from * columns, to * columns))),
  };
  const runtime = new OrtRuntime('cpu', threads);
  const analyser = new SpectrumAnalyser(runtime);
  let found = (await analyser.analyse(source, never)).spectrum; // sessions are made
  let preview = await analyser.preview(source, never);

  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  const file = path.join(folder, 'update.f32');
  try {
    const python = findPython();
    if (python) await writeFile(file, new Uint8Array(update.buffer));
    const references: Partial<Record<'svdvals' | 'gram', Reference>> = {};
    const reference = (mode: 'svdvals' | 'gram') => async () => {
      references[mode] = await runReference(python!, file, mode);
      return references[mode].seconds.whole;
    };
    const solving: number[] = [];
    const contenders = {
      exact: async () => void (found = (await analyser.analyse(source, never)).spectrum) as undefined,
      preview: async () => void (preview = await analyser.preview(source, never)) as undefined,
      eigenvalues: () => timeEigenvalues(source, runtime),
    };
    const others = {
      svdvals: reference('svdvals'),
      gram: async () => {
        const whole = await reference('gram')();
        solving.push(references.gram!.seconds.eigenvalues!);
        return whole;
      },
    };
    const times = await interleave<string>({ ...contenders, ...(python ? others : {}) }, repetitions);
    await runtime.releaseAll();

    const verdicts = reportTimes(times, solving);
    verdicts.push(...checkPreview(preview, found));
    if (python) verdicts.push(...checkValues(found, (await runReference(python, file, 'exact')).singularValues));
    else console.log('torch: no Python with torch here (set PYTHON)');
    conclude('spectrum', verdicts);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What rounding to bfloat16 leaves of an update with 64 directions and noise. Differences are exact in float32. */
function makeUpdate(): Float32Array {
  const random = seededUniform(1);
  const rank = 64;
  const left = normals(rows * rank, 1, random).map((value, at) => value * ((at % rank) + 1) ** -0.7);
  const right = normals(rank * columns, 1e-4, random);
  const update = new Float32Array(rows * columns);
  const round = (values: Float64Array) => decodeFloats('BF16', encodeWeights('BF16', values));
  for (let i = 0; i < rows; i++) {
    const weights = round(normals(columns, 0.02, random));
    const moved = normals(columns, 1e-4, random).map((value, j) => value + weights[j]);
    for (let k = 0; k < rank; k++) {
      const share = left[i * rank + k];
      for (let j = 0; j < columns; j++) moved[j] += share * right[k * columns + j];
    }
    const after = round(moved);
    for (let j = 0; j < columns; j++) update[i * columns + j] = after[j] - weights[j];
  }
  return update;
}

/** The eigenvalue stage alone. */
async function timeEigenvalues(source: MatrixSource, runtime: OrtRuntime): Promise<number> {
  const products = new Products(runtime);
  const n = Math.min(rows, columns);
  const gram = await gramMatrix(source, workingSize(n), products, never);
  const started = performance.now();
  await new SymmetricEigenvalues(products).of(gram, n, never);
  return (performance.now() - started) / 1000;
}

function reportTimes(times: Readonly<Record<string, number[]>>, solving: readonly number[]): Verdict[] {
  const title = `${rows} × ${columns}, ${threads} threads`;
  const table = [
    [title, 'seconds (range)'],
    ['exact spectrum and directions', seconds(times.exact)],
    ['its eigenvalue stage', seconds(times.eigenvalues)],
    ['preview', seconds(times.preview)],
  ];
  const early = ratio(times.exact, times.preview);
  const verdicts: Verdict[] = [{ text: `preview ${early.value.toFixed(1)}x sooner than exact`, met: null }];
  if (times.svdvals && times.gram) {
    table.push(
      ['torch svdvals, float32', seconds(times.svdvals)],
      ['torch Gram and eigvalsh, float64', seconds(times.gram)],
      ['its eigvalsh', seconds(solving)],
    );
    const svd = ratio(times.svdvals, times.exact);
    const gram = ratio(times.gram, times.exact);
    const eigen = ratio(solving, times.eigenvalues);
    verdicts.push(
      {
        text: `${svd.value.toFixed(1)}x (${svd.spread}) over svdvals (aim ${aims.svdvals}x, ${aims.wished}x wished for)`,
        met: svd.value >= aims.svdvals,
      },
      { text: `${gram.value.toFixed(1)}x (${gram.spread}) over Gram and eigvalsh`, met: gram.value >= 1 },
      { text: `eigenvalues alone ${eigen.value.toFixed(1)}x (${eigen.spread}) over eigvalsh`, met: null },
    );
  }
  printTable(table);
  return verdicts;
}

type Spectrum = ReturnType<typeof describeSpectrum>;

function checkPreview(preview: Awaited<ReturnType<SpectrumAnalyser['preview']>>, exact: Spectrum): Verdict[] {
  const off = (found: number, truth: number, error: number) => {
    const distance = found / truth - 1;
    return `${(100 * distance).toFixed(2)} % (stated ${(100 * error).toFixed(2)} %)`;
  };
  const nuclear = off(preview.nuclear, exact.nuclear, preview.nuclearError);
  const rank = off(preview.effectiveRank, exact.effectiveRank, preview.effectiveRankError);
  const within =
    Math.abs(preview.nuclear / exact.nuclear - 1) <= 3 * preview.nuclearError &&
    Math.abs(preview.effectiveRank / exact.effectiveRank - 1) <= 3 * preview.effectiveRankError;
  return [{ text: `preview off by ${nuclear} in the nuclear norm, ${rank} in the effective rank`, met: within }];
}

function checkValues(found: Spectrum, truth: readonly number[]): Verdict[] {
  const wanted = truth.filter((value) => value >= aims.above * truth[0]);
  const value = Math.max(...wanted.map((sigma, i) => Math.abs(found.singularValues[i] / sigma - 1)));
  const expected = describeSpectrum(
    Float64Array.from(truth, (sigma) => sigma * sigma),
    1,
  ).effectiveRank;
  const rank = Math.abs(found.effectiveRank / expected - 1);
  return [
    { text: `values within ${value.toExponential(0)} of float64 (aim ${aims.value})`, met: value <= aims.value },
    { text: `effective rank within ${rank.toExponential(0)} (aim ${aims.rank})`, met: rank <= aims.rank },
  ];
}

/** `PYTHON`, else python3, if it has torch. */
function findPython(): string | null {
  const python = process.env.PYTHON ?? 'python3';
  const { status } = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
  return status === 0 ? python : null;
}

async function runReference(python: string, file: string, mode: 'svdvals' | 'gram' | 'exact'): Promise<Reference> {
  const shape = ['--matrix', file, '--rows', String(rows), '--columns', String(columns)];
  const words = ['test/bench/reference_spectrum.py', ...shape, '--mode', mode, '--threads', String(threads)];
  const { stdout } = await promisify(execFile)(python, words, { maxBuffer: 64 * 2 ** 20 });
  return JSON.parse(stdout) as Reference;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
