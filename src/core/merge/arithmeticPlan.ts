/** A hybrid whose weights are computed: which tensors, from which, with what parameters. */
import { createHash } from 'node:crypto';
import { InputError } from '../../shared/errors';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint';
import { sameShape } from '../checkpoint/shapes';
import { isFloat } from '../compare/floats';
import { settingsOf, type ArithmeticSpec } from './methods/arithmeticSpec';
import { methodByName } from './methods/methods';
import type { MergeMethod } from './methods/method';
import { checkMerge, parametersFor, type TensorParameters } from './methods/parameters';

/** One tensor to compute. */
export interface ComputedTensor {
  /** What it will be: name, dtype and shape of the skeleton's. */
  readonly own: TensorEntry;
  readonly models: readonly TensorEntry[];
  readonly base: TensorEntry | null;
  readonly parameters: TensorParameters;
}

export interface ArithmeticPlan {
  readonly method: MergeMethod;
  readonly seed: number;
  readonly spec: ArithmeticSpec;
  /** The base, or the first model: config, side files, names and dtypes are its. */
  readonly skeleton: string;
  /** Donors by name, each once, the skeleton first. */
  readonly donors: ReadonlyMap<string, Checkpoint>;
  readonly tensors: readonly ComputedTensor[];
  /** Changes with the recipe and with the donors' files. */
  readonly key: string;
}

/** Names of the checkpoints that a spec means, the skeleton first. */
export function donorsOfArithmetic({ base, models }: ArithmeticSpec): string[] {
  return [...new Set([...(base === undefined ? [] : [base]), ...models.map(({ model }) => model)])];
}

/** Changes with the mathematics: what was computed by another version is computed anew. */
const version = 1;

/** @throws InputError when method, parameters or donors do not fit, naming the hybrid and the tensor */
export function planArithmetic(
  name: string,
  spec: ArithmeticSpec,
  donors: ReadonlyMap<string, Checkpoint>,
): ArithmeticPlan {
  try {
    return plan(spec, donors);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`hybrid "${name}": ${error.message}`, error.mend, { cause: error });
  }
}

function plan(spec: ArithmeticSpec, donors: ReadonlyMap<string, Checkpoint>): ArithmeticPlan {
  const method = methodByName(spec.method);
  const settings = settingsOf(spec);
  checkMerge(method, spec.base !== undefined, settings);
  const [skeletonName, skeleton] = [...donors][0]!;
  for (const [donor, { family, tensors }] of donors) {
    if (family !== skeleton.family) {
      throw new InputError(
        `${donor} is a ${family}, ${skeletonName} a ${skeleton.family}`,
        'Merge models of one architecture.',
      );
    }
    const extra = [...tensors.values()].find(({ canonicalName }) => !skeleton.tensors.has(canonicalName));
    if (extra) throw new InputError(`${donor} has ${extra.name}, ${skeletonName} has not`);
  }
  const tensors = [...skeleton.tensors.values()].map((own): ComputedTensor => {
    const given = (donor: string) => tensorOf(donor, donors.get(donor)!, own, skeletonName);
    const { numLayers, visionLayers } = skeleton.config;
    const place = {
      name: own.canonicalName,
      layer: own.layer,
      numLayers: own.part === 'vision' ? visionLayers : numLayers,
    };
    return {
      own,
      models: spec.models.map(({ model }) => given(model)),
      base: spec.base === undefined ? null : given(spec.base),
      parameters: parametersFor(method, settings, place),
    };
  });
  const identities = [...donors].map(([donor, { shards }]) => [
    donor,
    shards.map(({ file, identity }) => [file, identity]),
  ]);
  const key = createHash('sha256')
    .update(JSON.stringify([version, spec, identities]))
    .digest('hex')
    .slice(0, 32);
  return { method, spec, seed: spec.seed ?? 0, skeleton: skeletonName, donors, tensors, key };
}

function tensorOf(donor: string, { tensors }: Checkpoint, own: TensorEntry, skeleton: string): TensorEntry {
  const entry = tensors.get(own.canonicalName);
  if (!entry) throw new InputError(`${donor} has no ${own.name}`, 'Merge models of one architecture.');
  if (!sameShape(entry.shape, own.shape)) {
    const shapes = `[${entry.shape.join(', ')}] in ${donor}, [${own.shape.join(', ')}] in ${skeleton}`;
    throw new InputError(`${own.name} is ${shapes}`, 'A resized vocabulary must be made equal first.');
  }
  if (!isFloat(entry.dtype))
    throw new InputError(`${entry.name} of ${donor} is ${entry.dtype}: no weights to compute with`);
  return entry;
}
