import path from 'node:path';
import type { Verb } from '../cli';
import { print, readArguments } from './arguments';
import { ProgressBar } from './progressBar';
import { compareTable } from './compareTable';

const options = { spectrum: { type: 'boolean', default: false } } as const;

export const compare: Verb = async (words, engine) => {
  const { values, words: places, json, compute } = readArguments(words, options, 'FROM TO');
  const [from, to] = places.map((name) => ({ name, directory: path.resolve(name) })) as [Place, Place];
  const bar = new ProgressBar('compare');
  engine.onLog = (level, message) => bar.log(level === 'info' ? message : `${level}: ${message}`);
  try {
    const params = { ...compute, from, to, spectrum: values.spectrum };
    const result = await engine.call('compare', params, { onProgress: (progress) => bar.show(progress) });
    print(json, result, () => compareTable(result));
  } finally {
    bar.end();
  }
};

interface Place {
  readonly name: string;
  readonly directory: string;
}
