/** What every kind of step gives the runner: a plan cut into batches, the rows of a batch, and a summary of rows. */
import type { MemoryEstimate } from '../../shared/protocol/engine';
import type { Device } from '../../shared/vocabulary';
import type { InputFile, OpenModel } from '../model/openModel';
import type { Log } from '../ports';
import type { Experiment } from './experiment';

/** A line of rows.jsonl. Rows hold no time and no path. */
export interface Row {
  readonly key: string;
}

/** What a step works with. */
export interface StepContext {
  readonly experiment: Experiment;
  readonly device: Device;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Opens a checkpoint of the experiment by name. Weights are mapped when they are first used. */
  openModel(name: string): Promise<OpenModel>;
}

export interface StepPlan {
  /** Changes with the method: rows of different versions are never mixed. */
  readonly version: number;
  /** Everything that decides the result beside the input files; JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputFile[];
  /** What a unit of work is called, plural. */
  readonly unit: string;
  /** Units per batch. Batches are cut here and never by what is left. */
  readonly batches: readonly PlannedBatch[];
  /** For readers of the run folder who do not plan themselves; JSON, in the manifest. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Null when the step needs little. */
  readonly memory: Pick<MemoryEstimate, 'mapped' | 'working'> & { readonly advice: string };
  runBatch(batch: number, signal: AbortSignal): Promise<Row[]>;
  /** The fields of summary.json beside `step`, `kind` and `device`. Pure. */
  summarise(rows: readonly Row[]): Readonly<Record<string, unknown>>;
}

export interface PlannedBatch {
  readonly units: number;
  /** Keys of the rows it will write, in order; unreadable items may be missing in the end. */
  readonly keys: readonly string[];
}
