import path from 'node:path';
import { loadExperiment, stepById, type Experiment } from '../../core/experiment/experiment';
import { kindOf, optionsOf } from '../../core/experiment/experimentFile';
import { assertShardable, isShardable } from '../../core/experiment/shardableKinds';
import { checkArrayOptions, checkSetup, type ArrayOptions } from '../../core/slurm/arrayOptions';
import { Cluster } from '../../core/slurm/cluster';
import { shardScript, type Launcher } from '../../core/slurm/jobScript';
import { cancelArray, resendShards, sendArray } from '../../core/slurm/sendArray';
import type { ArrayPlace } from '../../core/slurm/slurmFolder';
import { InputError } from '../../shared/errors';
import type { Verb } from '../cli';
import { print, readArguments, readCount, type Arguments } from './arguments';
import { collectHere, showStatus } from './slurmState';

const actions = ['submit', 'status', 'resubmit', 'cancel', 'collect'] as const;
const options = {
  step: { type: 'string', multiple: true },
  out: { type: 'string' },
  shards: { type: 'string' },
  partition: { type: 'string' },
  account: { type: 'string' },
  time: { type: 'string' },
  memory: { type: 'string' },
  cpus: { type: 'string' },
  gpus: { type: 'string' },
  setup: { type: 'string', default: '' },
  node: { type: 'string' },
  submit: { type: 'boolean', default: false },
  status: { type: 'boolean', default: false },
  resubmit: { type: 'boolean', default: false },
  cancel: { type: 'boolean', default: false },
  collect: { type: 'boolean', default: false },
} as const;

type Given = Arguments<typeof options>;

const standardShards = 8;

/** Writes the job script of steps, sends it to Slurm, and looks after what was sent. */
export const slurm: Verb = async (words, engine) => {
  const given = readArguments(words, options, 'FILE');
  const { values, json } = given;
  const asked = actions.filter((action) => values[action]);
  if (asked.length > 1) throw new InputError(`--${asked.join(' and --')} are several wishes`, 'Give one of them.');
  const experiment = await loadExperiment(path.resolve(given.words[0]!));
  const places = placesOf(experiment, given);
  const launcher = {
    node: path.resolve(values.node ?? process.execPath),
    cli: path.join(__dirname, 'cli.js'),
    setup: values.setup,
  };
  checkSetup(launcher.setup);
  const cluster = new Cluster(engine.signal);
  switch (asked[0]) {
    case 'status':
      return showStatus(places, values.step !== undefined, cluster, json);
    case 'collect':
      return collectHere(onlyOne(places), launcher, cluster, engine, json);
    case 'cancel':
      return cancel(onlyOne(places), cluster, json);
    case 'resubmit':
      return resubmit(onlyOne(places), launcher, cluster, json);
    default:
      return write(experiment, places, given, launcher, asked[0] === 'submit' ? cluster : null);
  }
};

/** The scripts, sent when there is a cluster to send them to. */
async function write(
  experiment: Experiment,
  places: readonly ArrayPlace[],
  given: Given,
  launcher: Launcher,
  cluster: Cluster | null,
): Promise<void> {
  const planned = places.map((place) => ({ place, asked: arrayOptions(experiment, place, given) }));
  for (const { asked } of planned) checkArrayOptions(asked);
  const arrays: { step: string; shards: number; script: string; jobs?: string[] }[] = [];
  for (const { place, asked } of planned) {
    const script = shardScript(place, asked, launcher);
    const jobs = cluster && (await sendArray(place, asked, launcher, cluster));
    const { step } = place;
    const { shards } = asked;
    if (jobs && !given.json) {
      process.stdout.write(`${step}: job ${jobs.array} (${shards} shards), collected by job ${jobs.collector}\n`);
    }
    arrays.push({ step, shards, script, ...(jobs ? { jobs: [jobs.array, jobs.collector] } : {}) });
  }
  if (given.json || !cluster) print(given.json, { arrays }, () => arrays.map(({ script }) => script).join('\n'));
}

async function resubmit(place: ArrayPlace, launcher: Launcher, cluster: Cluster, json: boolean): Promise<void> {
  const sent = await resendShards(place, launcher, cluster);
  const { step } = place;
  const answer = { step, shards: sent?.shards ?? [], jobs: sent ? [sent.array, sent.collector] : [] };
  print(json, answer, () =>
    sent
      ? `${step}: shards ${sent.shards.join(', ')} as job ${sent.array}, collected by job ${sent.collector}\n`
      : `${step}: no shard has failed\n`,
  );
}

async function cancel(place: ArrayPlace, cluster: Cluster, json: boolean): Promise<void> {
  await cancelArray(place, cluster);
  print(json, { step: place.step, cancelled: true }, () => `${place.step}: cancelled; what is finished is kept\n`);
}

function placesOf(experiment: Experiment, { values }: Given): ArrayPlace[] {
  const ids = values.step ?? experiment.content.steps.map((step) => optionsOf(step).id);
  const runs = values.out === undefined ? experiment.runs : path.resolve(values.out);
  return ids.map((id) => {
    stepById(experiment, id);
    return { file: experiment.file, step: id, runs, ownRuns: values.out !== undefined };
  });
}

function onlyOne(places: readonly ArrayPlace[]): ArrayPlace {
  if (places.length === 1) return places[0]!;
  throw new InputError('this goes with one step', 'Name it with --step.');
}

function arrayOptions(experiment: Experiment, { step }: ArrayPlace, { values, compute }: Given): ArrayOptions {
  const kind = kindOf(stepById(experiment, step));
  const count = values.shards === undefined ? standardShards : readCount('shards', values.shards, 1);
  if (values.step && values.shards !== undefined && count > 1) assertShardable(kind, step);
  const cpus = values.cpus === undefined ? compute.threads : readCount('cpus', values.cpus, 1);
  const onGpu = compute.device === 'cuda' || compute.device === 'webgpu';
  return {
    shards: isShardable(kind) ? count : 1,
    device: compute.device,
    partition: values.partition ?? null,
    account: values.account ?? null,
    time: values.time ?? null,
    memory: values.memory ?? null,
    cpus: cpus === 0 ? null : cpus,
    gpus: values.gpus === undefined ? Number(onGpu) : readCount('gpus', values.gpus),
  };
}
