/** The Attention panel: attention of generated tokens on the image, layer by layer and model by model. */
import type { Call } from '../rpc';
import type { AttentionFacts, AttentionRow, AttentionSummary } from '../attentionResults';
import type { Regions, Role } from '../vocabulary';
import type { PageExport, RunPageSurface, RunStanding } from './run';

export interface AttentionState {
  readonly experiment: string;
  /** Its units are items, per checkpoint. */
  readonly run: RunStanding;
  readonly facts: AttentionFacts;
  readonly checkpoints: readonly { readonly name: string; readonly role: Role | null; readonly hybrid: boolean }[];
  readonly summary: AttentionSummary;
  readonly numLayers: number;
  readonly regions: Regions | null;
  readonly canRun: boolean;
}

/** One item: its image, and where each checkpoint looks in each layer. */
export interface AttentionItem {
  readonly id: string;
  readonly question: string | null;
  /** An address the page may load; null where the file is gone. */
  readonly image: string | null;
  readonly rows: readonly AttentionRow[];
}

export interface AttentionHostSurface {
  ready: Call<null, AttentionState>;
  item: Call<{ readonly id: string }, AttentionItem>;
  run: Call<null, null>;
  cancel: Call<null, null>;
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

export type AttentionPageSurface = RunPageSurface<AttentionState>;
