/** What the engine process answers. */
import type { ComparePreview, CompareSummary } from '../compareResults';
import type { Call } from '../rpc';
import type { Device, DeviceChoice, VisionFunction } from '../vocabulary';
import type { DeviceDescription, EngineStanding } from './sessions';

/** What a computation may use. */
export interface ComputeOptions {
  readonly device: DeviceChoice;
  /** Threads; 0 takes the machine's physical cores. */
  readonly threads: number;
}

/** A checkpoint to compute with: a folder, or a name in an experiment file. */
export type CheckpointReference =
  | { readonly directory: string }
  | {
      readonly experiment: string;
      readonly checkpoint: string;
      /** What the file says, where that is not saved yet. */
      readonly text?: string | undefined;
    };

export interface GenerateParams extends ComputeOptions {
  readonly checkpoint: CheckpointReference;
  readonly prompt: string;
  readonly images: readonly string[];
  readonly maxNewTokens: number;
  /** A folder whose template, tokenizer, processor and generation settings stand in for the checkpoint's own. */
  readonly sidecars?: string | undefined;
}

/** The answer so far. */
export interface GenerateProgress {
  readonly text: string;
}

export interface GenerateResult {
  readonly text: string;
  /** The stop token included. */
  readonly tokens: readonly number[];
  readonly promptTokens: number;
  readonly imageTokens: number;
  readonly device: Device;
  readonly seconds: { readonly load: number; readonly prefill: number; readonly decode: number };
}

export interface LogitsParams extends ComputeOptions {
  readonly checkpoint: CheckpointReference;
  readonly prompt: string;
  readonly images: readonly string[];
  /** The safetensors file to write. */
  readonly output: string;
}

export interface LogitsResult {
  readonly output: string;
  readonly tensors: readonly string[];
  readonly device: Device;
}

export interface RunParams extends ComputeOptions {
  /** The experiment file. */
  readonly file: string;
  /** The step's id. */
  readonly step: string;
  /** In place of `NAME.runs`. */
  readonly output?: string | undefined;
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Makes the run of so many finished shards, and computes nothing. */
  readonly gather?: number | undefined;
  /** Sets aside what is there. */
  readonly fresh: boolean;
  /** Quick estimates first, for those who watch. */
  readonly preview?: boolean;
  /** Weights that do not fit in memory are refused with that choice, and not read from disk again and again. */
  readonly asksBeforeStreaming?: boolean;
}

export interface RunProgress {
  readonly phase: 'preparing' | 'running' | 'finishing';
  /** Units of work: pairs, items, tensors. */
  readonly done: number;
  readonly total: number;
  /** What a unit is called, plural. */
  readonly unit: string;
  /** Seconds left, estimated from the units timed so far in this run; null before the first. */
  readonly secondsLeft: number | null;
  readonly memory?: MemoryEstimate;
  /** What is known since the last event of tensors whose turn is still to come. */
  readonly ahead?: ComparePreview;
}

/** Bytes a run needs, against what the machine has. */
export interface MemoryEstimate {
  /** Weights that are mapped from their files: they share the page cache and can be dropped. */
  readonly mapped: number;
  /** Memory of the process's own. */
  readonly working: number;
  readonly available: number;
  /** What of a GPU is free, where it runs on one; null where that is not told. */
  readonly deviceFree?: number | null;
}

export interface RunResult {
  /** The run folder. */
  readonly run: string;
  readonly device: Device;
  readonly summary: object;
}

export interface CompareParams extends ComputeOptions {
  /** Folders, and what the result calls them. */
  readonly from: { readonly directory: string; readonly name: string };
  readonly to: { readonly directory: string; readonly name: string };
  readonly spectrum: boolean;
}

export type CompareResult = CompareSummary & { readonly device: Device };

export interface MergeParams {
  /** The experiment file, and a hybrid of it. */
  readonly experiment: string;
  readonly hybrid: string;
  /** Absolute. */
  readonly output: string;
  /** Bytes of tensors per shard at most; the skeleton's shards where it is not given. */
  readonly shardSize?: number | undefined;
}

export interface MergeResult {
  readonly output: string;
  /** Names in it. */
  readonly files: readonly string[];
  readonly bytes: number;
  readonly seconds: number;
  /** Every tensor was compared bit for bit with its donor's. */
  readonly verified: true;
  /** Of `seconds`: writing with sync, comparing with the donors, hashing the donors. */
  readonly parts: { readonly writing: number; readonly verifying: number; readonly hashing: number };
}

/** Fonts that come along, by what they are called in {@link PairsParams.fonts}. */
export const pairFonts = ['sans', 'serif', 'mono'] as const;

/** Which paired images to make: `core/pairs/options.ts` has the defaults and the bounds. */
export interface PairsParams {
  /** Absolute; new or empty. */
  readonly output: string;
  readonly functions: readonly VisionFunction[];
  /** Pairs of each function. */
  readonly count: number;
  readonly seed: number;
  /** Pixels. Pairs take them in turn. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  /** A text file with a word in each line; null for words that come along. */
  readonly words: string | null;
  /** The least and the most objects of a counting pair. */
  readonly counts: readonly [least: number, most: number];
  /** Of {@link pairFonts}, or absolute paths of font files. */
  readonly fonts: readonly string[];
  /** Pixels; null for one that suits the image. */
  readonly fontSize: number | null;
  readonly colours: readonly string[];
  /** Other objects in a recognition pair's images. */
  readonly distractors: number;
}

export interface PairsResult {
  readonly output: string;
  readonly functions: Readonly<Partial<Record<VisionFunction, { readonly pairs: number }>>>;
  /** How many, and the bytes of all. */
  readonly files: number;
  readonly bytes: number;
  readonly seed: number;
}

export interface DeviceReport {
  readonly device: Device;
  readonly available: boolean;
  /** Why not, or what it is. */
  readonly detail: string;
}

export interface EngineSurface {
  generate: Call<GenerateParams, GenerateResult, GenerateProgress>;
  logits: Call<LogitsParams, LogitsResult>;
  run: Call<RunParams, RunResult, RunProgress>;
  merge: Call<MergeParams, MergeResult, RunProgress>;
  compare: Call<CompareParams, CompareResult, RunProgress>;
  pairs: Call<PairsParams, PairsResult, RunProgress>;
  devices: Call<null, readonly DeviceDescription[]>;
  /** Answered beside the work, between two runs of a session. */
  standing: Call<null, EngineStanding>;
}

/** What the engine tells its parent without being asked. */
export interface EngineParentSurface {
  log: Call<{ readonly level: 'info' | 'warn' | 'error'; readonly message: string }, null>;
  /** A job begins on a device, and now and then that it goes on. */
  alive: Call<{ readonly device: Device }, null>;
  /** When it starts, and when its sessions change. */
  standing: Call<EngineStanding, null>;
}
