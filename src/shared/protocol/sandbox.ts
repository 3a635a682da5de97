/**
 * What the sandbox process answers: everything that parses formats in which a stranger's bytes steer a third party's
 * code (chat templates, tokenizers, images). Calls carry all they need, so that a killed sandbox is simply restarted.
 */
import type { WireError } from '../errors';
import type { Call } from '../rpc';

export interface SandboxMessage {
  readonly images: number;
  readonly text: string;
}

export interface SandboxImageSettings {
  readonly minPixels: number;
  readonly maxPixels: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export type Outcome<T> = { readonly ok: T } | { readonly error: WireError };

export interface SandboxSize {
  readonly width: number;
  readonly height: number;
}

export interface SandboxImage {
  readonly pixelValues: Float32Array;
  readonly grid: SandboxSize;
}

/** The right answer, the answer given, and the rule: core/evaluate/grading/grade.ts. */
export interface SandboxGold {
  readonly answer: string;
  readonly choices: readonly string[];
  readonly answerType: 'text' | 'integer' | 'float' | 'list' | null;
  readonly unit: string | null;
  readonly precision: number | null;
}

export interface SandboxGradeRequest {
  readonly gold: SandboxGold;
  readonly text: string;
  readonly rule: 'math' | 'mathvista' | 'authors';
}

export interface SandboxGrade {
  readonly extracted: string | null;
  readonly correct: boolean;
}

export interface SandboxRows {
  readonly rows: Record<string, unknown>[];
  readonly images: string[];
}

/** The absolute path of an image, null where there is none, or what is wrong with it. */
export type SandboxExtracted = string | null | { readonly problem: string };

/** A word as a font draws it: core/pairs/outline.ts. */
export interface SandboxOutline {
  readonly word: string;
  readonly path: string;
  readonly box: readonly [number, number, number, number];
}

/** `directory` is the checkpoint's folder. */
export interface SandboxSurface {
  /** Messages through the checkpoint's chat template. */
  render: Call<{ directory: string; messages: readonly SandboxMessage[] }, string[]>;
  tokenize: Call<{ directory: string; texts: readonly string[] }, number[][]>;
  decode: Call<{ directory: string; sequences: readonly (readonly number[])[] }, string[]>;
  imageSizes: Call<{ paths: readonly string[]; within: string | undefined }, Outcome<SandboxSize>[]>;
  processImages: Call<
    { paths: readonly string[]; within: string | undefined; settings: SandboxImageSettings },
    Outcome<SandboxImage>[]
  >;
  grade: Call<{ requests: readonly SandboxGradeRequest[] }, SandboxGrade[]>;
  goldProblems: Call<{ golds: readonly SandboxGold[] }, (string | null)[]>;
  parquetRows: Call<{ path: string; columns: readonly string[] }, SandboxRows>;
  parquetImages: Call<{ path: string; column: string; rows: readonly number[]; folder: string }, SandboxExtracted[]>;
  /** The rows of a spreadsheet's first sheet. */
  spreadsheetRows: Call<{ path: string }, Record<string, unknown>[]>;
  /** `font` is a font file. */
  outlines: Call<{ font: string; words: readonly string[] }, SandboxOutline[]>;
}
