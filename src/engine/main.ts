/** Entry of the engine process: answers its parent (a window's extension host, or the command line). */
import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import { answer } from '../core/model/answer';
import { innerValues } from '../core/model/innerValues';
import { openModel, type ModelTools } from '../core/model/openModel';
import { processChannel } from '../core/process/childPeer';
import { openCheckpoint, type Checkpoint } from '../core/checkpoint/checkpoint';
import { experimentFromText, loadExperiment } from '../core/experiment/experiment';
import { computingCheckpoints } from '../core/merge/computeHybrid';
import { mergeHybrid } from '../core/merge/mergeHybrid';
import { compareFolders } from '../core/compare/compareFolders';
import { runExperimentStep } from '../core/experiment/runExperimentStep';
import type { StepTools } from '../core/experiment/step';
import { WeightReader } from '../core/files/weightReader';
import type { Log } from '../core/ports';
import { writeSafetensors } from '../core/checkpoint/writeSafetensors';
import type {
  CheckpointReference,
  ComputeOptions,
  EngineParentSurface,
  EngineSurface,
} from '../shared/protocol/engine';
import { RpcPeer } from '../shared/rpc';
import ownPackage from '../../package.json';
import { createRuntime, reportDevices } from './devices';
import { EnergyPool } from './energyPool';
import { JobQueue } from './jobQueue';
import { makePairs } from './makePairs';
import { OrtRuntime } from './ortRuntime';
import { SandboxClient } from './sandboxClient';

const queue = new JobQueue();
const pools = new Map<number, EnergyPool>();
const versions = {
  frankensteinLab: ownPackage.version,
  onnxruntime: env.versions.node ?? env.versions.common,
  node: process.versions.node,
};

const peer = new RpcPeer<EngineSurface, EngineParentSurface>(processChannel(process as never), {
  devices: (_, { signal }) => queue.run(reportDevices, signal),

  generate: (params, { signal, progress }) =>
    withTools(params, signal, async (tools) => {
      const started = performance.now();
      const checkpoint = await openReferred(params.checkpoint, tools, signal);
      const opened = await openModel({ ...checkpoint, directory: params.sidecars ?? checkpoint.directory }, tools);
      await opened.model.load();
      const seconds = (performance.now() - started) / 1000;
      const tell = (text: string) => progress({ text });
      return answer(opened, params.prompt, params.images, params.maxNewTokens, seconds, signal, tell);
    }),

  logits: (params, { signal }) =>
    withTools(params, signal, async (tools) => {
      const opened = await openModel(await openReferred(params.checkpoint, tools, signal), tools, true);
      const tensors = await innerValues(opened, params.prompt, params.images, signal);
      await writeSafetensors(params.output, tensors);
      return { output: params.output, tensors: tensors.map(({ name }) => name), device: tools.runtime.device };
    }),

  run: (params, { signal, progress }) =>
    withTools(params, signal, (tools) =>
      runExperimentStep({ params, tools, signal, log, versions, onProgress: progress }),
    ),

  merge: (params, { signal, progress }) =>
    withTools({ device: 'cpu', threads: 0 }, signal, ({ weights }) =>
      mergeHybrid(params, weights.read, log, signal, progress),
    ),

  compare: (params, { signal, progress }) =>
    withTools(params, signal, ({ weights }) => compareFolders(params, weights, log, signal, progress)),

  pairs: (params, { signal, progress }) =>
    queue.run(() => makePairs(params, versions.frankensteinLab, signal, progress), signal),
});

const log: Log = {
  info: (message) => tell('info', message),
  warn: (message) => tell('warn', message),
  error: (message) => tell('error', message),
};

function tell(level: keyof Log, message: string): void {
  peer.call('log', { level, message }).catch(() => undefined); // the parent may be gone
}

// Without its parent nobody wants the work; what is written so far stays and is resumed.
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole process group; the parent decides what ends

/** Electron's allocator ends the process on very large allocations (electron/electron#44291), so models are small there. */
const electronLimit: Pick<ModelTools, 'weightLimit'> = process.versions.electron
  ? {
      weightLimit: {
        bytes: 512 << 20,
        reason: 'the engine runs on Electron, whose allocator ends the process on large models',
        mend: 'Install Node 20 or later, or set frankenstein.nodePath to one.',
      },
    }
  : {};

/** One job: a runtime on the chosen device and a sandbox for the time of the job. */
function withTools<T>(options: ComputeOptions, signal: AbortSignal, job: (tools: StepTools) => Promise<T>): Promise<T> {
  return queue.run(async () => {
    const runtime = await createRuntime(options);
    const sandbox = new SandboxClient();
    const processor = new OrtRuntime('cpu', options.threads);
    const meter = poolOf(options.threads || availableParallelism());
    const reader = new WeightReader();
    const read: StepTools['weights']['read'] = (path, offset, target) => reader.read(path, offset, target);
    try {
      const textCodec = (directory: string) => sandbox.textCodec(directory);
      const weights = { meter, read, runtime: processor };
      const { parquet, spreadsheets } = sandbox;
      const readers = { images: sandbox, textCodec, parquet, spreadsheets };
      return await job({ runtime, weights, grader: sandbox, ...readers, ...electronLimit });
    } finally {
      sandbox.stop();
      reader.close();
      await processor.releaseAll();
      await runtime.releaseAll();
    }
  }, signal);
}

/** Its threads stay between jobs: what they compiled is fast by then. Jobs come one after another. */
function poolOf(threads: number): EnergyPool {
  const pool = pools.get(threads) ?? new EnergyPool(threads);
  pools.set(threads, pool);
  return pool;
}

async function openReferred(
  reference: CheckpointReference,
  { weights: { read } }: StepTools,
  signal: AbortSignal,
): Promise<Checkpoint> {
  if ('directory' in reference) return openCheckpoint(reference.directory);
  const { experiment: file, checkpoint, text } = reference;
  const experiment = text === undefined ? await loadExperiment(file) : experimentFromText(file, text);
  return computingCheckpoints(experiment, { read, log, signal }).open(checkpoint);
}
