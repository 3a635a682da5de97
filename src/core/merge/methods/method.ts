/** What a method of merging weights is: its formula on one tensor, and what a form or a file needs to know of it. */

export interface ParameterSpec {
  /** As mergekit spells it. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'number' | 'boolean' | 'integer';
  /** Null: it must be given. */
  readonly default: number | boolean | null;
  /** Inclusive. */
  readonly min?: number;
  /** Inclusive. */
  readonly max?: number;
  readonly description: string;
}

/** One tensor of every model. Nothing of it is written to. */
export interface MethodInputs {
  /** Row-major, of equal lengths, one per model; the base is not among them. */
  readonly tensors: readonly Float64Array[];
  /** Null where the merge has no base. */
  readonly base: Float64Array | null;
  readonly shape: readonly number[];
  /** The parameters of each model, complete, in the order of `tensors`. */
  readonly perModel: readonly Readonly<Record<string, number>>[];
  /** The parameters of the whole, complete. */
  readonly parameters: Readonly<Record<string, number | boolean>>;
  /** Uniform in [0, 1); one seed and tensor name, one sequence (namedRandom.ts). */
  readonly random: () => number;
}

export interface MergeMethod {
  /** mergekit's name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The paper, or where there is none, what there is. */
  readonly source: string;
  /** What mergekit, and with it this, does otherwise than the paper. */
  readonly differences: string | null;
  /** What this does otherwise than mergekit, in exact arithmetic. */
  readonly mergekitDifferences: string | null;
  readonly base: 'none' | 'optional' | 'required';
  /** How many models there are beside the base; null: any number. */
  readonly models: { readonly min: number; readonly max: number | null };
  readonly perModel: readonly ParameterSpec[];
  readonly parameters: readonly ParameterSpec[];
  /** Whether `random` is used. */
  readonly seeded: boolean;
  /** Bytes per entry that are needed beside the inputs and the result, for so many models. */
  readonly scratchBytes: (models: number) => number;
  /**
   * Merges one tensor in float64.
   * @returns a new array, row-major in the shape of the inputs
   * @throws InputError where the formula has no value, saying why
   */
  merge(inputs: MethodInputs): Float64Array;
}

const bytesPerNumber = 8;

/** Bytes per entry of a tensor that a merge of so many models holds at once: inputs, base, result and scratch. */
export function workingBytes(method: MergeMethod, models: number): number {
  const arrays = models + (method.base === 'none' ? 0 : 1) + 1;
  return arrays * bytesPerNumber + method.scratchBytes(models);
}
