/**
 * The Updates panel: how much each part of a model moved from checkpoint to checkpoint, and in how many directions. The
 * host owns all results (they are read from the run folder, also from one that another window or a terminal writes);
 * the page owns what is shown.
 */
import type { ComparePhase, CompareTensor, SpectrumPreview } from '../compareResults';
import type { Call } from '../rpc';
import type { Regions } from '../vocabulary';
import type { PageExport, RunPageSurface, RunStanding } from './run';

/** A tensor's row, its spectrum cut to what can be seen. */
export interface UpdatesTensor extends Omit<CompareTensor, 'singularValues'> {
  /** How many singular values there are. */
  readonly rank?: number;
  /** log10(σᵢ/σ₁) at the `spectrumRanks` of `rank`, ends at the last σ that is not zero; of a zero update empty. */
  readonly decay?: readonly number[];
  /** While the exact spectrum is still to come. */
  readonly estimate?: Omit<SpectrumPreview, 'key'>;
}

export interface UpdatesPhase extends Omit<ComparePhase, 'tensors'> {
  readonly tensors: readonly UpdatesTensor[];
}

export interface UpdatesState {
  /** The experiment file's name. */
  readonly experiment: string;
  /** Its units are tensors, each counted in every phase. */
  readonly run: RunStanding;
  readonly phases: readonly UpdatesPhase[];
  /** Whether singular values are computed. */
  readonly spectrum: boolean;
  /** Decoder layers; 0 while nothing says how many. */
  readonly numLayers: number;
  /** Of the decoder. */
  readonly regions: Regions | null;
  /** False in an untrusted workspace: nothing runs there. */
  readonly canRun: boolean;
}

/** What the page asks. */
export interface UpdatesHostSurface {
  /** First call of a page; the state then comes by itself. */
  ready: Call<null, UpdatesState>;
  run: Call<null, null>;
  cancel: Call<null, null>;
  /** Saves an export where the user says; resolves to the file's name, or null when they change their mind. */
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
  /** Shows a tensor in the Checkpoints view, in the checkpoint that a phase (by its place) begins or ends with. */
  reveal: Call<{ phase: number; side: 'from' | 'to'; name: string }, null>;
}

/** What the host tells. */
export type UpdatesPageSurface = RunPageSurface<UpdatesState>;
