/** The Training panel: curves of a run, live, beside those of other arms of the experiment. */
import type { Call } from '../rpc';
import type { TrainFacts, TrainPoint, TrainSample } from '../trainResults';
import type { PageExport, RunPageSurface, RunStanding } from './run';

export interface TrainingArm {
  /** Its units are steps. */
  readonly run: RunStanding;
  /** Of a step that was never run: what it says, and nothing is counted. */
  readonly facts: TrainFacts;
  /** All, with each update: 2000 steps of three arms are 1 MB, told whenever a part of the run is saved. */
  readonly points: readonly TrainPoint[];
  /** Steps that have samples. */
  readonly sampled: readonly number[];
}

export interface TrainingState {
  readonly experiment: string;
  /** Those shown; the first is the panel's own. */
  readonly arms: readonly [TrainingArm, ...TrainingArm[]];
  /** Further train steps of the experiment, and runs of them that were set aside: shown ones may be among them. */
  readonly others: readonly { readonly id: string; readonly freeze: readonly string[] }[];
  readonly canRun: boolean;
}

export interface TrainingHostSurface {
  /** First call of a page; the state then comes by itself. */
  ready: Call<null, TrainingState>;
  /** Chooses the arms to show, by id; the first is the panel's own and stays. */
  show: Call<{ readonly runs: readonly string[] }, null>;
  samples: Call<{ readonly run: string; readonly step: number }, readonly TrainSample[]>;
  run: Call<{ readonly run: string }, null>;
  cancel: Call<{ readonly run: string }, null>;
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

export type TrainingPageSurface = RunPageSurface<TrainingState>;
