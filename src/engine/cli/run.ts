import path from 'node:path';
import { loadExperiment } from '../../core/experiment/experiment';
import { optionsOf } from '../../core/experiment/experimentFile';
import { EngineCrashError, InputError } from '../../shared/errors';
import type { RunParams } from '../../shared/protocol/engine';
import type { Verb } from '../cli';
import { print, readArguments, readCount } from './arguments';
import { ProgressBar } from './progressBar';
import { summaryTable } from './summaryTable';

const options = {
  step: { type: 'string', multiple: true },
  out: { type: 'string' },
  shard: { type: 'string' },
  gather: { type: 'string' },
  fresh: { type: 'boolean', default: false },
} as const;

export const run: Verb = async (words, engine) => {
  const { values, words: places, json, compute } = readArguments(words, options, 'FILE');
  const file = path.resolve(places[0]!);
  const experiment = await loadExperiment(file);
  const known = experiment.content.steps.map((step) => optionsOf(step).id);
  const steps = values.step ?? known;
  for (const id of steps) {
    if (!known.includes(id)) throw new InputError(`${file} has no step "${id}"`, `Its steps: ${known.join(', ')}`);
  }

  const gather = values.gather === undefined ? undefined : readCount('gather', values.gather, 1);
  const shard = readShard(values.shard);
  if (gather !== undefined && (shard || values.fresh || values.step?.length !== 1)) {
    throw new InputError('--gather goes with one --step, without --shard and --fresh', 'See --help');
  }
  const output = values.out === undefined ? undefined : path.resolve(values.out);
  const summaries: object[] = [];
  for (const step of steps) {
    const bar = new ProgressBar(step);
    engine.onLog = (level, message) => bar.log(level === 'info' ? message : `${level}: ${message}`);
    try {
      const params: RunParams = { ...compute, file, step, output, shard, gather, fresh: values.fresh };
      const { summary } = await engine.call('run', params, { onProgress: (progress) => bar.show(progress) });
      summaries.push(summary);
    } catch (error) {
      if (!(error instanceof EngineCrashError)) throw error;
      const kept = `what step "${step}" of ${file} has finished is kept`;
      throw new EngineCrashError(`${error.message}; ${kept}: run it again to resume`);
    } finally {
      bar.end();
    }
    if (!json) process.stdout.write(summaryTable(summaries.at(-1)!));
  }
  const result = { run: output ?? experiment.runs, steps: summaries };
  if (json) print(json, result, () => '');
};

function readShard(text: string | undefined): RunParams['shard'] {
  if (text === undefined) return undefined;
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index >= count) throw new InputError(`--shard ${text} is not i/n`, 'Shards count from 0: --shard 0/4');
  return { index, count };
}
