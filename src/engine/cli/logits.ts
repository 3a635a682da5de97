import path from 'node:path';
import type { Verb } from '../cli';
import { print, readArguments, required } from './arguments';

const options = {
  prompt: { type: 'string' },
  image: { type: 'string', multiple: true, default: [] as string[] },
  out: { type: 'string' },
} as const;

export const logits: Verb = async (words, engine) => {
  const { values, words: places, json, compute } = readArguments(words, options, 'DIR');
  const result = await engine.call('logits', {
    ...compute,
    checkpoint: { directory: path.resolve(places[0]!) },
    prompt: required('prompt', values.prompt),
    images: values.image.map((file) => path.resolve(file)),
    output: path.resolve(required('out', values.out)),
  });
  print(json, result, () => `${result.output}: ${result.tensors.length} tensors\n`);
};
