import type { Component, Part } from '../../shared/vocabulary';
import type { ModelConfig, TextConfig, VisionConfig } from './modelConfig';

/** Where a tensor stands in the model; null where that is not known or does not apply. */
export interface TensorPlace {
  readonly part: Part | null;
  /** Counted within the part, from 0. */
  readonly layer: number | null;
  readonly component: Component | null;
}

export const nowhere: TensorPlace = { part: null, layer: null, component: null };

export interface ExpectedTensor {
  readonly canonicalName: string;
  readonly shape: readonly number[];
}

/** The sizes of a family that the engine can run. */
export interface KnownSizes {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
}

/** What is known of the checkpoints of one `model_type`. */
export interface Family {
  readonly modelType: string;
  /** Whether the engine can run it. */
  readonly supported: boolean;
  /** A tensor's name in the style that all of the family's spellings lead to. */
  canonicalName(name: string): string;
  place(canonicalName: string, config: ModelConfig): TensorPlace;
  /** Every tensor that a checkpoint of these sizes must have; only of supported families. */
  expectedTensors?(sizes: KnownSizes): ExpectedTensor[];
}
