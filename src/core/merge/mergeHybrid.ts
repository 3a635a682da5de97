import { loadExperiment } from '../experiment/experiment';
import { InputError } from '../../shared/errors';
import type { MergeParams, MergeResult, RunProgress } from '../../shared/protocol/engine';
import type { ReadBytes } from '../compare/span';
import type { Log } from '../ports';
import { computingCheckpoints } from './computeHybrid';
import { planMerge } from './mergePlan';
import { MergeWriter } from './mergeWriter';

/** Writes a hybrid of an experiment file at once, without a run folder. */
export async function mergeHybrid(
  { experiment: file, hybrid: name, output, shardSize }: MergeParams,
  read: ReadBytes,
  log: Log,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<MergeResult> {
  const started = performance.now();
  const experiment = await loadExperiment(file);
  if (!Object.hasOwn(experiment.content.hybrids, name)) {
    const known = Object.keys(experiment.content.hybrids).join(', ');
    throw new InputError(`${file} has no hybrid "${name}"`, known ? `It has ${known}.` : 'It has none.');
  }
  const named = computingCheckpoints(experiment, { read, log, signal });
  const hybrid = await named.hybrid(name);
  const plan = await planMerge(hybrid, await named.open(hybrid.skeleton), shardSize ?? null);
  const writer = new MergeWriter(plan, output);
  await writer.check();
  let done = 0;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const report = (count: number) => {
    done += count;
    const seconds = (performance.now() - started) / 1000;
    const secondsLeft = (seconds / done) * (plan.bytes - done);
    onProgress({ phase: 'running', done: megabytes(done), total: megabytes(plan.bytes), unit: 'MB', secondsLeft });
  };
  const { files, bytes } = await writer.exclusively(() => writer.finish(signal, report));
  return { output, files, bytes, seconds: (performance.now() - started) / 1000, verified: true, parts: writer.seconds };
}
