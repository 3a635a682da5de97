import { InputError } from '../../shared/errors';
import type { Checkpoint } from './checkpoint';
import type { Family, KnownSizes } from './family';
import { genericFamily } from './genericFamily';
import { quoteName } from './quoteName';
import { qwen25vl } from './qwen25vl';
import { sameShape } from './shapes';

const known: readonly Family[] = [qwen25vl];

/** The family of config.json's `model_type`; a generic reading where it is not known. */
export function familyOf(modelType: string): Family {
  return known.find((family) => family.modelType === modelType) ?? genericFamily(modelType);
}

/** What running a model needs to know beside its tensors. */
export interface RunnableSizes extends KnownSizes {
  /** The token that stands for an image in the prompt. */
  readonly imageToken: number;
}

/**
 * Proves that a checkpoint can be run: a supported family, every tensor there, every shape as config.json says.
 * @throws InputError naming the tensor, or what of the configuration is not supported
 */
export function requireComplete(checkpoint: Checkpoint): RunnableSizes {
  const { directory, config, tensors } = checkpoint;
  const family = familyOf(config.modelType);
  const { text, vision, imageTokenId } = config;
  if (!family.supported || !family.expectedTensors || !text || !vision || imageTokenId === null) {
    throw new InputError(
      `${directory}: models of type ${quoteName(config.modelType)} can be inspected and compared only`,
      `Supported: ${known.map(({ modelType }) => modelType).join(', ')}.`,
    );
  }
  const [reason] = config.unsupported;
  if (reason) throw new InputError(`${directory}: the model cannot be run: ${reason}`);
  const expected = family.expectedTensors({ text, vision });
  const missing = expected.filter(({ canonicalName }) => !tensors.has(canonicalName));
  if (missing.length > 0) {
    const first = missing[0]!.canonicalName;
    const what = missing.length > 1 ? `${missing.length} tensors are missing, the first is` : 'a tensor is missing:';
    const odd = checkpoint.warnings.length > 0 ? ` (${checkpoint.warnings.join('; ')})` : '';
    throw new InputError(
      `${directory}: ${what} ${first}${odd}`,
      'Download the checkpoint again, or check that config.json belongs to it.',
    );
  }
  for (const { canonicalName, shape } of expected) {
    const { name, shape: found } = tensors.get(canonicalName)!;
    if (!sameShape(found, shape)) {
      const sizes = `[${found.join(', ')}], by config.json it must be [${shape.join(', ')}]`;
      throw new InputError(`${directory}: the tensor ${name} has the shape ${sizes}`);
    }
  }
  return { text, vision, imageToken: imageTokenId };
}
