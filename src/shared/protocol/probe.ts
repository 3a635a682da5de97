/**
 * The Probe panel: what the page asks of the host and what the host tells the page. The host owns all results (they
 * are read from run folders, also from those that another window or a terminal writes); the page owns what is shown.
 */
import type { Call } from '../rpc';
import type { SwapDifference, SwapPoint } from '../swapResults';
import type { PageExport, RunPageSurface, RunStanding } from './run';
import type { Regions, Role, SwapMode } from '../vocabulary';

export interface ProbeCurve {
  readonly function: string;
  readonly points: readonly SwapPoint[];
  /** Pairs left out: their grids differ, or an image could not be read. */
  readonly skipped: { readonly tokens: number; readonly unreadable: number };
  /** Pairs whose two untouched answers agree. They stay in n. */
  readonly sameAnswer: number;
}

/** A swap run, finished or not; its units are pairs. */
export interface ProbeRun extends RunStanding {
  readonly checkpoint: string;
  readonly role: Role | null;
  readonly mode: SwapMode;
  readonly window: number;
  readonly curves: readonly ProbeCurve[];
}

/** Run `b` less run `a` at one layer, over the pairs that both have, with a paired interval (Newcombe 1998, method 10). */
export interface ProbeDifference {
  readonly function: string;
  readonly points: readonly SwapDifference[];
}

export interface ProbeComparison {
  readonly a: string;
  readonly b: string;
  readonly differences: readonly ProbeDifference[];
}

export interface ProbeState {
  /** The experiment file's name. */
  readonly experiment: string;
  /** The runs shown, in the order chosen; the first is the panel's own. */
  readonly runs: readonly ProbeRun[];
  /** Further swap runs of the experiment with the same layers, which may be laid over; shown ones may be among them. */
  readonly others: readonly { readonly id: string; readonly checkpoint: string; readonly mode: SwapMode }[];
  /** The first run against each of the others that has results. */
  readonly comparisons: readonly ProbeComparison[];
  readonly numLayers: number;
  readonly regions: Regions | null;
  /** False in an untrusted workspace: nothing runs there. */
  readonly canRun: boolean;
}

/** One pair at one layer. */
export interface ProbeItem {
  readonly id: string;
  readonly prompt: string;
  readonly original: string;
  readonly source: string;
  readonly text: string;
  readonly changed: boolean;
  readonly adopted: boolean;
  /** Addresses the page may load; null when the file is gone. */
  readonly targetImage: string | null;
  readonly sourceImage: string | null;
}

export interface ProbeItems {
  readonly items: readonly ProbeItem[];
  /** How many there are in all. */
  readonly total: number;
}

/** What the page asks. */
export interface ProbeHostSurface {
  /** First call of a page; the state then comes by itself. */
  ready: Call<null, ProbeState>;
  /** Chooses the runs to show, by id; the first is the panel's own and stays. */
  show: Call<{ runs: readonly string[] }, null>;
  /** The pairs of a function at a layer, a page of them. */
  items: Call<
    { run: string; function: string; layer: number; only: 'all' | 'changed' | 'adopted'; from: number; to: number },
    ProbeItems
  >;
  run: Call<{ run: string }, null>;
  cancel: Call<{ run: string }, null>;
  /** Saves an export where the user says; resolves to the file's name, or null when they change their mind. */
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

/** What the host tells. */
export type ProbePageSurface = RunPageSurface<ProbeState>;
