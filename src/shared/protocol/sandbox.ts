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
}
