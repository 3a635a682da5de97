/** Entry of the engine process: answers its parent (a window's extension host, or the command line). */
import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import { answer } from '../core/model/answer';
import { assertAnswerFits, assertInnerValuesFit } from '../core/model/answerMemory';
import type { MemoryPlace } from '../core/model/memoryPlan';
import { innerValues } from '../core/model/innerValues';
import { openModel, type ModelTools } from '../core/model/openModel';
import { processChannel } from '../core/process/childPeer';
import { openCheckpoint, type Checkpoint } from '../core/checkpoint/checkpoint';
import { experimentFromText, loadExperiment } from '../core/experiment/experiment';
import { computingCheckpoints } from '../core/merge/computeHybrid';
import { mergeHybrid } from '../core/merge/mergeHybrid';
import { compareFolders } from '../core/compare/compareFolders';
import { runExperimentStep, stepNeedsProcessor } from '../core/experiment/runExperimentStep';
import type { StepTools } from '../core/experiment/step';
import { availableMemory } from '../core/files/availableMemory';
import { WeightReader } from '../core/files/weightReader';
import type { Log } from '../core/ports';
import { writeSafetensors } from '../core/checkpoint/writeSafetensors';
import type {
  CheckpointReference,
  ComputeOptions,
  EngineParentSurface,
  EngineSurface,
} from '../shared/protocol/engine';
import { describeError } from '../shared/errors';
import { RpcPeer } from '../shared/rpc';
import type { Device } from '../shared/vocabulary';
import ownPackage from '../../package.json';
import { describeDevices, deviceMemory } from './describeDevices';
import { assertProcessor, createRuntime, insteadOf, reportDevices } from './devices';
import { EnergyPool } from './energyPool';
import { JobQueue } from './jobQueue';
import { makePairs } from './makePairs';
import { OrtRuntime } from './ortRuntime';
import { SandboxClient } from './sandboxClient';
import { standing, tellStanding } from './tellStanding';

const queue = new JobQueue();
const pools = new Map<number, EnergyPool>();
/** How often a job tells that it goes on, in milliseconds; never while a run of a session blocks the process. */
const heartbeatMs = 5000;
const versions = {
  frankensteinLab: ownPackage.version,
  onnxruntime: env.versions.node ?? env.versions.common,
  node: process.versions.node,
};

const peer = new RpcPeer<EngineSurface, EngineParentSurface>(processChannel(process as never), {
  devices: (_, { signal }) => queue.run(async () => describeDevices(await reportDevices()), signal),

  standing: () => standing(versions.onnxruntime),

  generate: (params, { signal, progress }) =>
    withTools(params, signal, async (tools) => {
      const started = performance.now();
      const checkpoint = await openReferred(params.checkpoint, tools, signal);
      const opened = await openModel({ ...checkpoint, directory: params.sidecars ?? checkpoint.directory }, tools);
      await assertAnswerFits(opened, params, placeOf(tools));
      await opened.model.load();
      const seconds = (performance.now() - started) / 1000;
      const tell = (text: string) => progress({ text });
      return answer(opened, params.prompt, params.images, params.maxNewTokens, seconds, signal, tell);
    }),

  logits: (params, { signal }) =>
    withTools(params, signal, async (tools) => {
      const opened = await openModel(await openReferred(params.checkpoint, tools, signal), tools, true);
      await assertInnerValuesFit(opened, params, placeOf(tools));
      const tensors = await innerValues(opened, params.prompt, params.images, signal);
      await writeSafetensors(params.output, tensors);
      return { output: params.output, tensors: tensors.map(({ name }) => name), device: tools.runtime.device };
    }),

  run: async (params, { signal, progress }) => {
    const onProcessor = await stepNeedsProcessor(params);
    if (onProcessor !== null) assertProcessor(params, onProcessor);
    return withTools({ ...params, device: onProcessor === null ? params.device : 'cpu' }, signal, (tools) =>
      runExperimentStep({ params, tools, signal, log, versions, onProgress: progress }),
    );
  },

  merge: (params, { signal, progress }) =>
    withTools({ device: 'cpu', threads: 0 }, signal, ({ weights }) =>
      mergeHybrid(params, weights.read, log, signal, progress),
    ),

  compare: (params, { signal, progress }) =>
    withTools({ ...params, device: 'cpu' }, signal, ({ weights }) => {
      assertProcessor(params, 'compare computes');
      return compareFolders(params, weights, log, signal, progress);
    }),

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

tellStanding(versions.onnxruntime, (told) => void peer.call('standing', told).catch(() => undefined));

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

function placeOf({ runtime, deviceFree = null }: StepTools): MemoryPlace {
  return { device: runtime.device, available: availableMemory(), deviceFree };
}

/** One job on the chosen device. Where that fails and another way is open, the job begins anew and says so. */
function withTools<T>(options: ComputeOptions, signal: AbortSignal, job: (tools: StepTools) => Promise<T>): Promise<T> {
  return queue.run(async () => {
    tellAlive(options.device === 'auto' ? 'webgpu' : options.device); // the search itself may hang
    let runtime = await createRuntime(options);
    for (;;) {
      try {
        return await withRuntime(runtime, options, job);
      } catch (error) {
        const instead = signal.aborted ? undefined : insteadOf(runtime, error, options);
        if (!instead) throw error;
        log.warn(`${describeError(error)}. The work goes on ${instead.how}`);
        runtime = instead.runtime;
      }
    }
  }, signal);
}

function tellAlive(device: Device): void {
  peer.call('alive', { device }).catch(() => undefined); // the parent may be gone
}

/** A sandbox, and what else a job needs, for the time of the job. */
async function withRuntime<T>(
  runtime: OrtRuntime,
  options: ComputeOptions,
  job: (tools: StepTools) => Promise<T>,
): Promise<T> {
  const heart = setInterval(() => tellAlive(runtime.device), heartbeatMs);
  tellAlive(runtime.device);
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
    const { free: deviceFree } = runtime.device === 'cpu' ? { free: null } : await deviceMemory(runtime.device);
    return await job({ runtime, deviceFree, weights, grader: sandbox, ...readers, ...electronLimit });
  } finally {
    clearInterval(heart);
    sandbox.stop();
    reader.close();
    await processor.releaseAll();
    await runtime.releaseAll();
  }
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
