/** Computes the weights of an arithmetic hybrid once, into a file that is kept beside the runs. */
import path from 'node:path';
import type { Checkpoint, Shard, TensorEntry } from '../checkpoint/checkpoint';
import { assertUnchanged } from '../checkpoint/assertUnchanged';
import { countElements } from '../checkpoint/shapes';
import { readSafetensorsHeader } from '../checkpoint/safetensorsHeader';
import { sourceAt } from '../compare/energy';
import type { FloatDtype } from '../compare/floats';
import { readSpan, type ReadBytes } from '../compare/span';
import { UpdateKernel } from '../compare/updateKernel';
import { openRegularFile } from '../files/containedFile';
import { diskOperations, writeAll } from '../files/fileOperations';
import { ensureFolder } from '../files/folders';
import { removeFolder, renameFile, withFile } from '../files/outputFolder';
import type { Experiment } from '../experiment/experiment';
import type { Log } from '../ports';
import type { ArithmeticPlan, ComputedTensor } from './arithmeticPlan';
import { encodeFloats } from './encodeFloats';
import type { Hybrid } from './hybrid';
import { NamedCheckpoints } from './openNamed';
import { headerOf } from './shardHeader';
import { namedRandom } from '../statistics/namedRandom';

interface ComputeTools {
  readonly read: ReadBytes;
  /** Where computed weights are kept. */
  readonly folder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The checkpoints and hybrids of an experiment, for whoever runs them: weights are computed where a hybrid needs it. */
export function computingCheckpoints(experiment: Experiment, tools: Omit<ComputeTools, 'folder'>): NamedCheckpoints {
  const folder = path.join(experiment.runs, '.computed');
  return new NamedCheckpoints(experiment, (name, plan) => computeHybrid(name, plan, { ...tools, folder }));
}

/** The hybrid as a checkpoint over its computed weights; they are computed where they are not there yet. */
async function computeHybrid(name: string, plan: ArithmeticPlan, tools: ComputeTools): Promise<Hybrid> {
  const file = path.join(tools.folder, `${plan.key}.safetensors`);
  const known = await openCache(plan, file);
  if (known) return known;
  tools.log.info(`the weights of ${name} are computed: ${plan.method.name} of ${[...plan.donors.keys()].join(', ')}`);
  await ensureFolder(tools.folder);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await withFile(unfinished, 'w', async (handle) => {
      const shard = layOut(plan);
      const header = headerOf(shard, {});
      await writeAll(handle, header, 0, diskOperations);
      for (const [i, tensor] of plan.tensors.entries()) {
        tools.signal.throwIfAborted();
        const bytes = compute(plan, tensor, tools.read);
        await writeAll(handle, bytes, header.length + shard.tensors[i]!.begin, diskOperations);
      }
      await diskOperations.sync(handle);
    });
    await assertUnchanged(
      [...plan.donors.values()].flatMap(({ shards }) => shards),
      'being merged',
    );
    await renameFile(unfinished, file);
  } finally {
    await removeFolder(unfinished);
  }
  return (await openCache(plan, file))!;
}

/** One tensor: read in float64, merged, rounded once. */
function compute({ method, seed }: ArithmeticPlan, tensor: ComputedTensor, read: ReadBytes): Uint8Array {
  const { own, models, base, parameters } = tensor;
  const kernel = new UpdateKernel(1);
  const entries = countElements(own.shape);
  const valuesOf = (entry: TensorEntry) => {
    const values = new Float64Array(entries);
    readSpan({ sources: [sourceAt(entry, 0)], entries, updates: [], products: [] }, kernel, read, values);
    return values;
  };
  const merged = method.merge({
    tensors: models.map(valuesOf),
    base: base && valuesOf(base),
    shape: own.shape,
    ...parameters,
    random: namedRandom(seed, own.canonicalName),
  });
  return encodeFloats(own.dtype as FloatDtype, merged);
}

function layOut({ tensors }: ArithmeticPlan) {
  let end = 0;
  const planned = tensors.map(({ own }) => {
    const begin = end;
    end += own.length;
    return { name: own.name, donor: '', from: own, begin };
  });
  return { file: '', tensors: planned, metadata: { format: 'pt' }, length: end };
}

async function openCache(plan: ArithmeticPlan, file: string): Promise<Hybrid | null> {
  const opened = await openRegularFile(file).catch(() => null);
  if (!opened) return null;
  const skeleton = plan.donors.get(plan.skeleton)!;
  try {
    const places = new Map((await readSafetensorsHeader(opened)).tensors.map((tensor) => [tensor.name, tensor]));
    const tensors = new Map<string, TensorEntry>();
    for (const { own } of plan.tensors) {
      const { offset, length } = places.get(own.name)!;
      tensors.set(own.canonicalName, { ...own, path: opened.path, offset, length });
    }
    const cache: Shard = { file: path.basename(file), path: opened.path, identity: opened.identity };
    return asHybrid(plan, skeleton, tensors, cache);
  } finally {
    await opened.close();
  }
}

function asHybrid(
  { method, spec, donors, skeleton: name }: ArithmeticPlan,
  skeleton: Checkpoint,
  tensors: Map<string, TensorEntry>,
  cache: Shard,
): Hybrid {
  const donorShards = new Map([...donors].map(([donor, { shards }]) => [donor, shards]));
  const donorOf = new Map([...tensors.keys()].map((key) => [key, method.name]));
  const shards = [cache, ...[...donorShards.values()].flat()];
  return { ...skeleton, tensors, shards, skeleton: name, method: method.name, recipe: spec, donorOf, donorShards };
}
