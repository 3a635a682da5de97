/** How a run stands: what every panel that shows one tells of it. */
import type { Call } from '../rpc';
import type { MemoryEstimate } from './engine';

export const runStates = ['queued', 'preparing', 'running', 'interrupted', 'cancelled', 'failed', 'finished'] as const;
export type RunState = (typeof runStates)[number];

/** A run, finished or not. */
export interface RunStanding {
  /** The step's id, or that of a run set aside (`vision~1`). */
  readonly id: string;
  /** Null when the step was never run. */
  readonly state: RunState | null;
  /** False when it runs elsewhere (another window, a terminal): then it cannot be cancelled here. */
  readonly mine?: boolean | undefined;
  /** Units of work: pairs, tensors. */
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
  /** What it needs, against what there is; told while it runs in this window. */
  readonly memory?: MemoryEstimate | undefined;
  /** What it waits for, who runs it, or why it failed. */
  readonly message: string | null;
  readonly device: string | null;
}

/** An export that the page asks the host to save; `content` is the text, of a PNG its bytes in base64. */
export interface PageExport {
  readonly format: 'png' | 'svg' | 'csv';
  readonly content: string;
}

/** What the host tells a page. A state is a snapshot: a newer one replaces it. */
export interface RunPageSurface<State> {
  update: Call<State, null>;
}
