import { existsSync } from 'node:fs';
import path from 'node:path';
import { defaultPairs, parseImageSize } from '../../core/pairs/options';
import { InputError } from '../../shared/errors';
import { bytes } from '../../shared/format';
import { pairFonts, type PairsParams, type PairsResult } from '../../shared/protocol/engine';
import type { VisionFunction } from '../../shared/vocabulary';
import type { Verb } from '../cli';
import { print, readArguments, readCount, required } from './arguments';
import { ProgressBar } from './progressBar';

const several = { type: 'string', multiple: true } as const;
const options = {
  out: { type: 'string' },
  functions: several,
  count: { type: 'string' },
  seed: { type: 'string' },
  size: several,
  words: { type: 'string' },
  counts: { type: 'string' },
  font: several,
  'font-size': { type: 'string' },
  colours: several,
  distractors: { type: 'string' },
} as const;

export const pairs: Verb = async (words, engine) => {
  const { values, json } = readArguments(words, options, '');
  const count = (name: 'count' | 'seed' | 'font-size' | 'distractors', least: number) =>
    values[name] === undefined ? undefined : readCount(name, values[name], least);
  const params: PairsParams = {
    output: path.resolve(required('out', values.out)),
    functions: (list(values.functions) as VisionFunction[] | undefined) ?? defaultPairs.functions,
    count: count('count', 1) ?? defaultPairs.count,
    seed: count('seed', 0) ?? defaultPairs.seed,
    sizes: list(values.size)?.map(readSize) ?? defaultPairs.sizes,
    words: values.words === undefined ? null : path.resolve(values.words),
    counts: values.counts === undefined ? defaultPairs.counts : readCounts(values.counts),
    fonts: values.font?.map(readFont) ?? defaultPairs.fonts,
    fontSize: count('font-size', 1) ?? defaultPairs.fontSize,
    colours: list(values.colours) ?? defaultPairs.colours,
    distractors: count('distractors', 0) ?? defaultPairs.distractors,
  };
  const bar = new ProgressBar('pairs');
  try {
    const result = await engine.call('pairs', params, { onProgress: (progress) => bar.show(progress) });
    print(json, result, () => made(result));
  } finally {
    bar.end();
  }
};

/** Given several times, or with commas between. */
function list(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap((value) => value.split(',')).map((value) => value.trim());
}

function readSize(text: string): PairsParams['sizes'][number] {
  const size = parseImageSize(text);
  if (size) return size;
  throw new InputError(`--size ${text} is no size`, 'Write width x height in pixels: --size 384x384');
}

function readCounts(text: string): PairsParams['counts'] {
  const match = /^(\d{1,4})-(\d{1,4})$/.exec(text);
  if (!match) throw new InputError(`--counts ${text} is no range`, 'Write the least and the most: --counts 1-9');
  return [Number(match[1]), Number(match[2])];
}

/** One of ours by its name, else a file. */
function readFont(text: string): string {
  if ((pairFonts as readonly string[]).includes(text)) return text;
  const file = path.resolve(text);
  if (existsSync(file)) return file;
  throw new InputError(`--font ${text}: there is no such file`, `Choose ${pairFonts.join(', ')}, or a file.`);
}

function made({ output, functions, bytes: size }: PairsResult): string {
  const counts = Object.entries(functions).map(([name, { pairs: number }]) => `${number} ${name}`);
  return `${output}: pairs for ${counts.join(', ')}; ${bytes(size)}\n`;
}
