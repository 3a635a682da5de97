/**
 * The merge wizard: the hybrids of an experiment file as columns of donors. The file is the only source of truth: the
 * host tells what the open document says, unsaved text included, and whatever the page asks is an edit of it.
 */
import type { DonorMap, MergePlace } from '../donorMap';
import type { Call } from '../rpc';
import type { Device, Regions, Role } from '../vocabulary';
import type { RunPageSurface, RunStanding } from './run';

/** A checkpoint of the file, which may give weights. */
export interface MergeDonor {
  readonly name: string;
  readonly role: Role | null;
  /** Why its headers cannot be read. */
  readonly problem: string | null;
}

export interface MergeProblem {
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
}

/** What trying and writing a hybrid costs. Bytes; null is not known. */
export interface MergeCost {
  /** Of weights: mapped by a trial, written by a merge. */
  readonly bytes: number;
  /** Where the merge would go by default. */
  readonly diskFree: number | null;
  readonly memoryFree: number;
  /** How fast merges were written here before, in bytes per second. */
  readonly writeSpeed: number | null;
  /** The file system that shares blocks, so that copied shards take no time and no space; null where it is not known to. */
  readonly sharesBlocks: string | null;
}

/** The merge step that writes a hybrid, and how it stands. */
export interface MergeWriting {
  readonly step: string;
  /** As the file writes it. */
  readonly output: string;
  /** Its units are tensors. */
  readonly run: RunStanding;
  /** What came of it. */
  readonly result: { readonly bytes: number } | null;
}

interface MergeColumnBase {
  readonly name: string;
  /** Checkpoints that it takes from; the first gives its other files. */
  readonly used: readonly string[];
  readonly problems: readonly MergeProblem[];
  /** Names the weights that it stands for: changes with every pointer. Null while it has errors. */
  readonly hash: string | null;
  readonly cost: MergeCost | null;
  /** A folder for it that is not there yet. */
  readonly suggestedOutput: string;
  readonly writings: readonly MergeWriting[];
}

/** A hybrid whose tensors are donors' own. */
export interface TransplantColumn extends MergeColumnBase {
  readonly kind: 'transplant';
  /** `list`: three donors of Early, Mid and Late. */
  readonly form: 'list' | 'named';
  /** Null when the file's words do not fit the model. */
  readonly donors: DonorMap | null;
}

export type RecipeValue = number | boolean | readonly number[];
interface FilteredValue {
  readonly filter?: string | undefined;
  readonly value: RecipeValue;
}
/** A value, a gradient over the layers, or either by a part of the tensor's name. */
export type RecipeSetting = RecipeValue | FilteredValue | readonly FilteredValue[];
export type RecipeSettings = Readonly<Record<string, RecipeSetting>>;

/** How weights are computed. */
export interface ArithmeticRecipe {
  readonly method: string;
  readonly base: string | null;
  readonly models: readonly { readonly model: string; readonly settings: RecipeSettings }[];
  readonly parameters: RecipeSettings;
  /** Null takes 0. */
  readonly seed: number | null;
}

/** A hybrid whose tensors are computed. */
export interface ArithmeticColumn extends MergeColumnBase {
  readonly kind: 'arithmetic';
  readonly recipe: ArithmeticRecipe;
}

export interface MethodParameter {
  readonly name: string;
  readonly title: string;
  readonly kind: 'number' | 'boolean' | 'integer';
  /** Null: it must be given. */
  readonly default: number | boolean | null;
  readonly description: string;
}

/** What a form needs to know of a method of merging. */
export interface MethodInfo {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly source: string;
  /** What it does otherwise than its paper, and than mergekit. */
  readonly differences: readonly string[];
  readonly base: 'none' | 'optional' | 'required';
  /** Beside the base; null is any number. */
  readonly models: { readonly min: number; readonly max: number | null };
  readonly perModel: readonly MethodParameter[];
  readonly parameters: readonly MethodParameter[];
  readonly seeded: boolean;
}

export type MergeColumn = TransplantColumn | ArithmeticColumn;

/** How far layers moved in a phase of the file's last comparison. */
export interface MergeHeat {
  /** `in → rl`. */
  readonly title: string;
  /** ‖Δ‖ / ‖W_from‖ by {@link placeKey}; null where W_from is zero. */
  readonly relativeEnergy: Readonly<Record<string, number | null>>;
}

/** The sizes that all columns share. */
export interface MergeSize {
  readonly numLayers: number;
  readonly visionLayers: number;
  readonly regions: Regions;
  /** Then the embedding matrix is the head too. */
  readonly tied: boolean;
}

export interface TriedAnswer {
  /** The hybrid, or one of its donors. */
  readonly checkpoint: string;
  readonly text: string;
  /** Null while it is being made, and where it failed. */
  readonly tokens: number | null;
  readonly seconds: number | null;
  readonly device: Device | null;
  /** Why there is none. */
  readonly failure: string | null;
}

/** A trial: kept by the hash of what was tried, since names change. */
export interface Tried {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly hybrid: string;
  readonly hash: string;
  readonly prompt: string;
  /** The image's file name. */
  readonly image: string | null;
  readonly maxNewTokens: number;
  readonly answers: readonly TriedAnswer[];
}

export interface MergeState {
  /** The experiment file's name. */
  readonly experiment: string;
  /** Why nothing can be changed: the file has an error. What is shown is what it said before. */
  readonly problem: string | null;
  readonly donors: readonly MergeDonor[];
  /** Null while no checkpoint can be read. */
  readonly size: MergeSize | null;
  readonly hybrids: readonly MergeColumn[];
  /** Of every phase of the last comparison. */
  readonly heat: readonly MergeHeat[];
  /** Newest first. */
  readonly tried: readonly Tried[];
  /** A hybrid that somebody asked to see from outside of the page; another count is another time. */
  readonly asked: { readonly hybrid: string; readonly count: number } | null;
  /** False in an untrusted workspace: nothing runs there. */
  readonly canRun: boolean;
  /** Why no hybrid can be evaluated; null where they can. */
  readonly evaluationProblem: string | null;
}

export type MergePreset =
  | { readonly kind: 'all'; readonly donor: string }
  | { readonly kind: 'regions'; readonly donors: readonly [string, string, string] }
  | { readonly kind: 'alternate'; readonly donors: readonly [string, string] };

/** An image that the user chose: the page knows it by `id`, never by its path. */
export interface PickedImage {
  readonly id: string;
  readonly name: string;
  /** A data address of the picture; null when it is too large to be shown or gone. */
  readonly address: string | null;
}

export interface TryRequest {
  readonly hybrid: string;
  readonly prompt: string;
  /** Of a picked image. */
  readonly image: string | null;
  readonly maxNewTokens: number;
}

/** What the page asks. Edits answer with the state after them. */
export interface MergeHostSurface {
  /** First call of a page; the state then comes by itself. */
  ready: Call<null, MergeState>;
  paint: Call<{ readonly hybrid: string; readonly donor: string; readonly places: readonly MergePlace[] }, MergeState>;
  preset: Call<{ readonly hybrid: string; readonly preset: MergePreset }, MergeState>;
  /** Adds hybrids of three donors; one of a name that is taken gets another. */
  add: Call<
    { readonly hybrids: readonly { readonly name: string; readonly donors: readonly [string, string, string] }[] },
    MergeState
  >;
  /** Every method of merging, in the order of a form. */
  methods: Call<null, readonly MethodInfo[]>;
  /** Gives a hybrid a recipe of arithmetic; without a name a new one. */
  compute: Call<{ readonly hybrid: string | null; readonly recipe: ArithmeticRecipe }, MergeState>;
  duplicate: Call<{ readonly hybrid: string }, MergeState>;
  rename: Call<{ readonly hybrid: string; readonly name: string }, MergeState>;
  remove: Call<{ readonly hybrid: string }, MergeState>;
  /** The editor's own, of the experiment file. */
  undo: Call<null, null>;
  redo: Call<null, null>;
  /** Puts a recipe on the clipboard; answers with what mergekit makes of it otherwise. */
  copy: Call<{ readonly hybrid: string; readonly format: 'yaml' | 'mergekit' }, readonly string[]>;
  pickImage: Call<null, PickedImage | null>;
  /** Answers of a hybrid and its donors, one after another; progress is the answers so far. */
  try: Call<TryRequest, MergeState, readonly TriedAnswer[]>;
  /** The image of an earlier trial, to be used again. */
  triedImage: Call<{ readonly tried: string }, PickedImage | null>;
  /** Writes what was tried into the file again, under its name. */
  restore: Call<{ readonly tried: string }, MergeState>;
  clearTried: Call<null, MergeState>;
  /** Evaluates a hybrid beside its donors in the Abilities panel; resolves when the run has begun. */
  evaluate: Call<{ readonly hybrid: string }, MergeState>;
  /** Writes a hybrid as a checkpoint; resolves when it is written. */
  write: Call<{ readonly hybrid: string; readonly output: string }, MergeState>;
  cancelWrite: Call<{ readonly step: string }, null>;
  /** Shows what was written in the Checkpoints view. */
  showWritten: Call<{ readonly step: string }, null>;
  /** Shows the file; at a hybrid where one is named. */
  openFile: Call<{ readonly hybrid: string | null }, null>;
}

/** What the host tells. */
export type MergePageSurface = RunPageSurface<MergeState>;

/** Names a place: `skeleton`, `head`, `languageModel/3`, `vision/0/mlp`. */
export function placeKey(place: MergePlace): string {
  if (!('layer' in place)) return place.part;
  return `${place.part}/${place.layer}${place.component ? `/${place.component}` : ''}`;
}
