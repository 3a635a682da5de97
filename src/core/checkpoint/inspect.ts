import type { Component, Part, Regions } from '../../shared/vocabulary';
import type { Checkpoint } from './checkpoint';
import { resolveRegions } from './regions';
import { countElements } from './shapes';
import type { Dtype } from './safetensorsHeader';

/** What `inspect --json` prints. */
export interface Inspection {
  /** config.json's `model_type`. */
  readonly family: string;
  /** Stored elements. */
  readonly parameters: number;
  /** Sum of the tensors' lengths. */
  readonly bytes: number;
  /** Tensors per element type. */
  readonly dtypes: Readonly<Partial<Record<Dtype, number>>>;
  readonly numLayers: number;
  readonly visionLayers: number;
  readonly regions: Regions;
  /** As config.json says. */
  readonly tied: boolean;
  readonly tensors: readonly InspectedTensor[];
}

export interface InspectedTensor {
  /** As the file has it. */
  readonly name: string;
  readonly part: Part | null;
  readonly layer: number | null;
  readonly component: Component | null;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** A name in the checkpoint's folder. */
  readonly file: string;
  /** First byte, absolute in `file`. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Describes an opened checkpoint. */
export function inspectCheckpoint({ family, config, tensors }: Checkpoint): Inspection {
  const entries = [...tensors.values()];
  const dtypes: Partial<Record<Dtype, number>> = {};
  for (const { dtype } of entries) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
  return {
    family,
    parameters: sum(entries.map(({ shape }) => countElements(shape))),
    bytes: sum(entries.map(({ length }) => length)),
    dtypes,
    numLayers: config.numLayers,
    visionLayers: config.visionLayers,
    regions: resolveRegions('thirds', config.numLayers),
    tied: config.tied,
    tensors: entries.map(({ name, part, layer, component, dtype, shape, file, offset, length }) => {
      return { name, part, layer, component, dtype, shape, file, offset, length };
    }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
