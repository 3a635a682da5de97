import path from 'node:path';
import { bytes, duration } from '../../shared/format';
import type { MergeResult } from '../../shared/protocol/engine';
import type { Verb } from '../cli';
import { print, readArguments, readCount, required } from './arguments';
import { ProgressBar } from './progressBar';

const options = { hybrid: { type: 'string' }, out: { type: 'string' }, 'shard-size': { type: 'string' } } as const;

export const merge: Verb = async (words, engine) => {
  const { values, words: places, json } = readArguments(words, options, 'FILE');
  const hybrid = required('hybrid', values.hybrid);
  const megabytes = values['shard-size'];
  const bar = new ProgressBar(hybrid);
  try {
    const params = {
      experiment: path.resolve(places[0]!),
      hybrid,
      output: path.resolve(required('out', values.out)),
      shardSize: megabytes === undefined ? undefined : readCount('shard-size', megabytes, 1) * 1e6,
    };
    const { parts, ...answer } = await engine.call('merge', params, { onProgress: (progress) => bar.show(progress) });
    print(json, answer, () => merged(answer, parts));
  } finally {
    bar.end();
  }
};

function merged({ output, files, bytes: size }: Omit<MergeResult, 'parts'>, parts: MergeResult['parts']): string {
  const { writing, verifying, hashing } = parts;
  const times = `written in ${duration(writing)}, verified in ${duration(verifying)}, donors hashed in ${duration(hashing)}`;
  return `${output}: ${files.length} files, ${bytes(size)}, ${times}\n`;
}
