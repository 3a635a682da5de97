/**
 * A transplant of two checkpoints of 2 GB each, written, against `cp` of the same bytes and against `cp` followed by
 * `sync` of the copy, which is what the writing does. Verification and hashing are timed apart.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChildPeer } from '../../src/core/process/childPeer';
import type { EngineParentSurface, EngineSurface } from '../../src/shared/protocol/engine';
import { writeLargeCheckpoint } from './largeCheckpoint';
import { conclude, interleave, printTable, ratio, seconds, type Contender } from './measure';
import { MemoryWatch } from './processMemory';

const repetitions = 4;
const aims = { ratio: 0.6, memory: 256e6 };

async function main(): Promise<void> {
  if (process.platform === 'win32') throw new Error('This bench needs cp and sync.');
  const folder = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  const engine = new ChildPeer<EngineParentSurface, EngineSurface>(
    { script: path.join(__dirname, 'engine.js'), title: 'engine', execPath: process.execPath, onOutput: console.error },
    { log: () => null, standing: () => null, alive: () => null },
  );
  try {
    const [a, b] = [path.join(folder, 'a'), path.join(folder, 'b')];
    const { layers } = writeLargeCheckpoint(a, 0);
    writeLargeCheckpoint(b, 1);
    const half = `${Math.floor(layers / 2)}-${layers}`;
    const experiment = path.join(folder, 'x.frankenstein.yaml');
    const hybrids = { h: { skeleton: 'a', layers: { [half]: 'b' } } };
    await writeFile(experiment, JSON.stringify({ version: 1, checkpoints: { a, b }, hybrids }));
    const weights = path.join(a, 'model.safetensors');
    const output = path.join(folder, 'out');
    const parts = { write: [] as number[], verify: [] as number[], hash: [] as number[] };
    const gone = (place: string) => rm(place, { recursive: true, force: true });
    const copy = async (script: string) => {
      await gone(output);
      const started = performance.now();
      if (spawnSync('sh', ['-c', script, 'sh', weights, output]).status !== 0) throw new Error('cp failed');
      return (performance.now() - started) / 1000;
    };
    const merge = async () => {
      await gone(output);
      const result = await engine.call('merge', { experiment, hybrid: 'h', output });
      parts.verify.push(result.parts.verifying);
      parts.hash.push(result.parts.hashing);
      return result.parts.writing;
    };
    const python = process.env.PYTHON;
    const mergekit: Record<string, Contender> =
      python === undefined ? {} : { mergekit: await mergekitOf(python, folder, a, b, layers) };
    await merge();
    parts.verify.length = parts.hash.length = 0;
    const watch = new MemoryWatch(() => engine.pid);
    const times = await interleave(
      { ...mergekit, cp: () => copy('cp "$1" "$2"'), synced: () => copy('cp "$1" "$2" && sync "$2"'), merge },
      repetitions,
    );
    const { peak } = watch.stop();
    const others = python === undefined ? [] : [(times as Record<string, number[]>).mergekit];
    const whole = times.merge.map((own, i) => own + parts.verify[i] + parts.hash[i]);
    const bare = ratio(times.cp, times.merge);
    const lasting = ratio(times.synced, times.merge);
    printTable([
      ['cp', seconds(times.cp)],
      ['cp and sync', seconds(times.synced)],
      ['merge, writing and syncing', seconds(times.merge)],
      ['  its verification, apart', seconds(parts.verify)],
      ['  its hashing of donors, apart', seconds(parts.hash)],
      ['throughput over cp', `${bare.value.toFixed(2)} (${bare.spread})`],
      ['throughput over cp and sync', `${lasting.value.toFixed(2)} (${lasting.spread})`],
      ...others.map((own) => ['mergekit passthrough', seconds(own)]),
      ...others.map((own) => ['  over merge with its checks', ratio(own, whole).value.toFixed(2)]),
      ['peak resident', `${Math.round(peak / 1e6)} MB`],
    ]);
    const ready = await timeReady(engine);
    conclude('merge', [
      {
        text: `${lasting.value.toFixed(2)} of cp and sync (aim 0.6, 0.9 wished for)`,
        met: lasting.value >= aims.ratio,
      },
      { text: `${bare.value.toFixed(2)} of cp, which does not wait for the disk`, met: null },
      {
        text: `a hybrid is ready in ${ready.value.toFixed(2)} (${ready.spread}) of a plain checkpoint (aim 1.2)`,
        met: ready.value <= 1.2,
      },
      { text: `peak ${Math.round(peak / 1e6)} MB (aim 256)`, met: peak < aims.memory },
    ]);
  } finally {
    engine.stop();
    await rm(folder, { recursive: true });
  }
}

/** The sample lab's hybrid and its skeleton, both through the experiment file, until all graphs are loaded. */
function timeReady(engine: ChildPeer<EngineParentSurface, EngineSurface>): Promise<{ value: number; spread: string }> {
  const load = (checkpoint: string) => async () => {
    const reference = { experiment: path.resolve('media/sample-lab/lab.frankenstein.yaml'), checkpoint };
    const options = { device: 'cpu', threads: 0, prompt: 'x', images: [], maxNewTokens: 1 } as const;
    return (await engine.call('generate', { ...options, checkpoint: reference })).seconds.load;
  };
  return interleave({ plain: load('in'), hybrid: load('IN:RL:RL') }, 9).then(({ plain, hybrid }) =>
    ratio(hybrid, plain),
  );
}

/** The same recipe through mergekit, where PYTHON names a Python that has it. */
async function mergekitOf(
  python: string,
  folder: string,
  a: string,
  b: string,
  layers: number,
): Promise<() => Promise<number>> {
  const half = Math.floor(layers / 2);
  const slice = (model: string, from: number, to: number) => ({ sources: [{ model, layer_range: [from, to] }] });
  const slices = [slice(a, 0, half), slice(b, half, layers)];
  const config = path.join(folder, 'mergekit.yaml');
  await writeFile(config, JSON.stringify({ merge_method: 'passthrough', dtype: 'bfloat16', slices }));
  return async () => {
    const output = path.join(folder, 'mergekit');
    await rm(output, { recursive: true, force: true });
    const { status, stdout, stderr } = spawnSync(python, ['test/bench/reference_merge.py', config, output]);
    if (status !== 0) throw new Error(String(stderr));
    return Number(String(stdout).trim().split('\n').at(-1));
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
