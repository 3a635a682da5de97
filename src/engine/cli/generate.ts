import path from 'node:path';
import { InputError } from '../../shared/errors';
import type { CheckpointReference } from '../../shared/protocol/engine';
import type { Verb } from '../cli';
import { print, readArguments, readCount, required } from './arguments';

const options = {
  prompt: { type: 'string' },
  image: { type: 'string', multiple: true, default: [] as string[] },
  'max-new-tokens': { type: 'string', default: '128' },
  experiment: { type: 'string' },
  checkpoint: { type: 'string' },
} as const;

export const generate: Verb = async (words, engine) => {
  const fromExperiment = words.includes('--experiment');
  const { values, words: places, json, compute } = readArguments(words, options, fromExperiment ? '' : 'DIR');
  const result = await engine.call('generate', {
    ...compute,
    checkpoint: checkpointOf(places[0], values.experiment, values.checkpoint),
    prompt: required('prompt', values.prompt),
    images: values.image.map((file) => path.resolve(file)),
    maxNewTokens: readCount('max-new-tokens', values['max-new-tokens'], 1),
  });
  print(json, result, () => `${result.text}\n`);
};

function checkpointOf(
  directory: string | undefined,
  experiment: string | undefined,
  checkpoint: string | undefined,
): CheckpointReference {
  if (directory !== undefined) {
    if (checkpoint !== undefined) throw new InputError('--checkpoint goes with --experiment', 'See --help');
    return { directory: path.resolve(directory) };
  }
  return {
    experiment: path.resolve(required('experiment', experiment)),
    checkpoint: required('checkpoint', checkpoint),
  };
}
