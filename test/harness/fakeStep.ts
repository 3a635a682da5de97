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
  const context: StepContext = {
    experiment: { directory: runs } as Experiment,
    device: 'cpu',
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    signal: options.signal ?? new AbortController().signal,
    openModel: () => Promise.reject(new Error('a fake step opens no model')),
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
  { batches, unreadable = [], options = {}, inputs = [], working = 1, before }: FakeStep,
  done: number[],
): StepPlan {
  return {
    version: 1,
    options,
    inputs,
    unit: 'numbers',
    batches: batches.map((units) => ({ units: units.length, keys: units.map(String) })),
    facts: { count: batches.flat().length },
    memory: { mapped: 0, working, advice: 'Take fewer.' },
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
