import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../src/core/experiment/manifest';
import type { InputFile } from '../../src/core/model/openModel';
import type { Experiment } from '../../src/core/experiment/experiment';
import { runStep, type RunOptions, type StepResult } from '../../src/core/experiment/runStep';
import type { Row, StepContext, StepPlan } from '../../src/core/experiment/step';
import type { RunProgress } from '../../src/shared/protocol/engine';

/** A step whose units are numbers: unit n gives the row `{key: "n", square: n²}`. */
export interface FakeStep {
  /** Units of each batch. */
  readonly batches: readonly (readonly number[])[];
  /** Units that cannot be read: they give no rows. */
  readonly unreadable?: readonly number[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly InputFile[];
  /** Bytes. */
  readonly working?: number;
  readonly mapped?: number;
  /** Called before a batch is done. */
  readonly before?: (batch: number) => void | Promise<void>;
}

interface FakeRow extends Row {
  readonly square: number;
}

/** What happened in a run. */
export interface FakeRun {
  readonly progress: RunProgress[];
  readonly logged: string[];
  /** Batches that were done, in order. */
  readonly done: number[];
  readonly result: Promise<StepResult>;
}

/** Runs a fake step into `runs/fake`. */
export function runFake(
  runs: string,
  step: FakeStep,
  options: Partial<RunOptions> & { readonly signal?: AbortSignal } = {},
): FakeRun {
  const progress: RunProgress[] = [];
  const logged: string[] = [];
  const done: number[] = [];
  const log = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  const context: Omit<StepContext, 'runFolder' | 'fresh'> = {
    experiment: { directory: runs } as Experiment,
    device: 'cpu',
    runtime: undefined as never,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    signal: options.signal ?? new AbortController().signal,
    openModel: () => Promise.reject(new Error('a fake step opens no model')),
    openCheckpoint: () => Promise.reject(new Error('a fake step opens no checkpoint')),
    openHybrid: () => Promise.reject(new Error('a fake step opens no hybrid')),
    dataset: () => Promise.reject(new Error('a fake step reads no data set')),
    grader: undefined as never,
    spreadsheets: undefined as never,
    weights: undefined as never,
  };
  const result = runStep(() => Promise.resolve(planOf(step, done)), context, {
    runs,
    step: 'fake',
    kind: 'fake',
    fresh: false,
    versions: { node: 'test' },
    onProgress: (value) => progress.push(value),
    ...options,
  });
  return { progress, logged, done, result };
}

function planOf(
  { batches, unreadable = [], options = {}, inputs = [], working = 1, mapped = 0, before }: FakeStep,
  done: number[],
): StepPlan {
  return {
    version: 1,
    options,
    inputs,
    unit: 'numbers',
    batches: batches.map((units) => ({ units: units.length, keys: units.map(String) })),
    facts: { count: batches.flat().length },
    memory: { mapped, working, advice: 'Take fewer.' },
    runBatch: async (batch) => {
      await before?.(batch);
      done.push(batch);
      return batches[batch]!.filter((unit) => !unreadable.includes(unit)).map((unit): FakeRow => ({
        key: String(unit),
        square: unit ** 2,
      }));
    },
    summarise: (rows) => ({ sum: rows.reduce((sum, row) => sum + (row as FakeRow).square, 0) }),
  };
}

/** Seven units in four batches. */
export const sevenUnits: FakeStep = { batches: [[1, 2], [3], [4, 5, 6], [7]] };
export const sevenRows = [1, 2, 3, 4, 5, 6, 7].map((n) => `{"key":"${n}","square":${n * n}}\n`).join('');

/** A file of a run's folder. */
export function readRunFile(runs: string, name: string, run = 'fake'): string {
  return readFileSync(path.join(runs, run, name), 'utf8');
}

export function manifestOf(runs: string, run = 'fake'): Manifest {
  return JSON.parse(readRunFile(runs, 'manifest.json', run)) as Manifest;
}

/** The run of {@link sevenUnits} in `runs` is finished, and every byte is right. */
export function assertSevenWhole(runs: string, why?: string): void {
  assert.equal(readRunFile(runs, 'rows.jsonl'), sevenRows, why);
  const summary = { step: 'fake', kind: 'fake', device: 'cpu', sum: 140 };
  assert.equal(readRunFile(runs, 'summary.json'), JSON.stringify(summary, null, 1) + '\n', why);
  assert.equal(manifestOf(runs).state, 'finished', why);
}
