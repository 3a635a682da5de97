/** What every kind of step gives the runner: a plan cut into batches, the rows of a batch, and a summary of rows. */
import type { ComparePreview } from '../../shared/compareResults';
import type { Device } from '../../shared/vocabulary';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { SidecarRecord } from '../checkpoint/sidecarWords';
import type { WeightTools } from '../compare/weightTools';
import type { Dataset, DatasetQuery } from '../evaluate/dataset';
import type { Grader } from '../evaluate/grading/grade';
import type { RunItems } from '../evaluate/runItems';
import type { Hybrid } from '../merge/hybrid';
import type { MemoryNeed } from '../model/memoryPlan';
import type { InputFile, ModelTools, OpenModel } from '../model/openModel';
import type { Log, ParquetReader, Runtime, SpreadsheetReader } from '../ports';
import type { Experiment } from './experiment';

/** A line of rows.jsonl. Rows hold no time and no path. */
export interface Row {
  readonly key: string;
}

/** What steps of every kind are computed with. */
export interface StepTools extends ModelTools {
  readonly weights: WeightTools;
  readonly grader: Grader;
  /** Parquet files are a stranger's: they are read in a child process. */
  readonly parquet: ParquetReader;
  /** So are spreadsheets. */
  readonly spreadsheets: SpreadsheetReader;
  /** Bytes of the GPU that are free; null where it does not tell, or nothing runs on one. */
  readonly deviceFree?: number | null;
}

/** What a step works with. */
export interface StepContext {
  readonly experiment: Experiment;
  /** Where this run keeps its files. */
  readonly runFolder: string;
  /** What an earlier run left there is not gone on with. */
  readonly fresh: boolean;
  readonly device: Device;
  /** As in {@link StepTools}. */
  readonly deviceFree?: number | null;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Opens a checkpoint of the experiment by name. Weights are mapped when they are first used. */
  openModel(name: string): Promise<OpenModel>;
  /** Reads the headers of a checkpoint of the experiment, of any architecture; the same name is the same object. */
  openCheckpoint(name: string): Promise<Checkpoint>;
  openHybrid(name: string): Promise<Hybrid>;
  /** Reads a data set that the experiment file names. @throws InputError when none of it can be used */
  dataset(given: string, query: DatasetQuery): Promise<Dataset>;
  readonly grader: Grader;
  readonly spreadsheets: SpreadsheetReader;
  readonly weights: WeightTools;
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
  /** What is asked, where the step asks items of data sets: kept for those who look at the answers. */
  readonly items?: readonly RunItems[];
  /** What the side files of the checkpoints disagree about, for the manifest. */
  readonly sidecars?: SidecarRecord;
  readonly memory: MemoryNeed;
  runBatch(batch: number, signal: AbortSignal): Promise<Row[]>;
  /** Quick estimates of a batch before its turn, for those who watch; they are never written. */
  previewBatch?(batch: number, signal: AbortSignal): Promise<ComparePreview>;
  /** What is left to do when all batches are done; may be done again after a kill. Its result goes into the summary. */
  finish?(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** The fields of summary.json beside `step`, `kind` and `device`. Pure. */
  summarise(rows: readonly Row[]): Readonly<Record<string, unknown>>;
}

export interface PlannedBatch {
  readonly units: number;
  /** Keys of the rows it will write, in order; unreadable items may be missing in the end. */
  readonly keys: readonly string[];
}
