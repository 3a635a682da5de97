/** The Abilities panel: what the page asks of the host and what the host tells the page. The host owns all results. */
import type { Call } from '../rpc';
import type { EvaluateFacts, EvaluateSummary, Transitions } from '../evaluateResults';
import type { Role, Setting } from '../vocabulary';
import type { PageExport, RunPageSurface, RunStanding } from './run';

export interface AbilitiesState {
  /** The experiment file's name. */
  readonly experiment: string;
  /** Its units are answers. */
  readonly run: RunStanding;
  readonly facts: EvaluateFacts;
  /** Of the rows there are: while it runs, of the items done. */
  readonly summary: EvaluateSummary;
  /** In the order of the step. */
  readonly checkpoints: readonly { readonly name: string; readonly role: Role | null; readonly hybrid: boolean }[];
  /** False in an untrusted workspace. */
  readonly canRun: boolean;
}

/** An answer to show. */
export interface AbilityAnswer {
  readonly checkpoint: string;
  readonly setting: Setting;
  readonly sample: number;
  readonly text: string;
  readonly extracted: string | null;
  readonly correct: boolean;
  readonly truncated: boolean;
}

/** An item with the answers of every checkpoint. */
export interface AbilityItem {
  readonly id: string;
  /** Null where the data set no longer has the item, or the results are others'. */
  readonly question: string | null;
  readonly choices: readonly string[];
  readonly gold: string | null;
  readonly description: string | null;
  readonly category: string | null;
  /** An address the page may load; null where there is none. */
  readonly image: string | null;
  /** Whether each checkpoint has it right, as its ability counts: of several samples, more than half. */
  readonly right: Readonly<Record<string, boolean>>;
  readonly answers: readonly AbilityAnswer[];
}

/** Which items: all, those that fall into one cell of a table of transitions, or those a checkpoint has right or wrong. */
export type ItemFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'transition'; readonly a: string; readonly b: string; readonly cell: keyof Transitions }
  | { readonly kind: 'verdict'; readonly checkpoint: string; readonly right: boolean };

export interface ItemsQuery {
  readonly ability: string;
  readonly filter: ItemFilter;
  /** A word that id, question or an answer has; empty for all. */
  readonly search: string;
  /** Half-open. */
  readonly from: number;
  readonly to: number;
}

export interface AbilitiesHostSurface {
  /** First call of a page; the state then comes by itself. */
  ready: Call<null, AbilitiesState>;
  items: Call<ItemsQuery, { readonly items: readonly AbilityItem[]; readonly total: number }>;
  /** Items needed to show a difference (a share) with 80 % power at p < 0.05, by share of discordant items. */
  itemsNeeded: Call<
    { readonly difference: number },
    readonly { readonly discordant: number; readonly items: number | null }[]
  >;
  run: Call<null, null>;
  cancel: Call<null, null>;
  /** Saves an export where the user says; resolves to the file's name, or null when they change their mind. */
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

export type AbilitiesPageSurface = RunPageSurface<AbilitiesState>;
