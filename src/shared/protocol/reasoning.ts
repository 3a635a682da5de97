/** The Reasoning panel: accuracy with one layer made identity, layer by layer. */
import type { Call } from '../rpc';
import type { AblatedPart, AblateFacts, AblateSummary } from '../ablateResults';
import type { Regions, Role } from '../vocabulary';
import type { PageExport, RunPageSurface, RunStanding } from './run';

export interface ReasoningState {
  readonly experiment: string;
  /** Its units are items. */
  readonly run: RunStanding;
  readonly facts: AblateFacts;
  readonly role: Role | null;
  readonly summary: AblateSummary;
  /** Decoder layers, and those of the vision tower. */
  readonly numLayers: number;
  readonly visionLayers: number;
  readonly regions: Regions | null;
  readonly canRun: boolean;
}

/** An item at one layer, beside its baseline. */
export interface ReasoningItem {
  readonly id: string;
  readonly question: string | null;
  readonly gold: string | null;
  readonly image: string | null;
  readonly baseline: {
    readonly text: string | null;
    readonly correct: boolean | null;
    readonly logLikelihood: number | null;
  };
  readonly ablated: {
    readonly text: string | null;
    readonly correct: boolean | null;
    readonly logLikelihood: number | null;
  };
}

export interface ReasoningHostSurface {
  ready: Call<null, ReasoningState>;
  /** Items with a layer made identity: all, those right before and wrong now (lost), or the other way round (gained). */
  items: Call<
    {
      readonly part: AblatedPart;
      readonly layer: number;
      readonly only: 'all' | 'lost' | 'gained';
      readonly from: number;
      readonly to: number;
    },
    { readonly items: readonly ReasoningItem[]; readonly total: number }
  >;
  run: Call<null, null>;
  cancel: Call<null, null>;
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

export type ReasoningPageSurface = RunPageSurface<ReasoningState>;
