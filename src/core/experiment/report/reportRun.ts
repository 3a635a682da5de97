import path from 'node:path';
import * as z from 'zod';
import { InputError } from '../../../shared/errors';
import type { Regions } from '../../../shared/vocabulary';
import { openCheckpoint } from '../../checkpoint/checkpoint';
import { resolveRegions } from '../../checkpoint/regions';
import { exists } from '../../files/folders';
import { subfolders } from '../../files/subfolders';
import { loadExperiment, type Experiment } from '../experiment';
import { runFiles } from '../runFolder';
import { RunReader, type RunSnapshot } from '../runReader';

/** What a report needs of a run; read off its folder, which anybody may have written. */
export interface ReportRun {
  /** The folder's name: the step's id, or that of a run set aside. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: z.infer<typeof manifestSchema>;
  readonly rows: RunSnapshot['rows'];
  readonly state: RunSnapshot['state'];
  /** Decoder layers of its checkpoint and how they fall into regions; null where that cannot be told any more. */
  readonly model: { readonly numLayers: number; readonly regions: Regions } | null;
}

const text = z.string();
const manifestSchema = z.object({
  step: text,
  kind: text,
  plan: text,
  device: text,
  options: z.record(text, z.unknown()),
  seed: z.number().nullable(),
  inputs: z.array(z.object({ path: text, kind: text, size: z.number(), sha256: text.nullable() })),
  facts: z.record(text, z.unknown()),
  versions: z.record(text, text),
  shard: z.object({ index: z.number(), count: z.number() }).nullable(),
  started: text,
  message: text.optional(),
});

/**
 * Reads a run folder, or all that a folder of runs (`NAME.runs`) has.
 * @throws InputError when the folder is neither
 */
export async function readReportRuns(folder: string): Promise<ReportRun[]> {
  const single = await exists(path.join(folder, runFiles.manifest));
  const folders = single ? [folder] : await runFoldersIn(folder);
  if (folders.length === 0) {
    throw new InputError(
      `${folder} is not a run: it has no ${runFiles.manifest}`,
      'Give NAME.runs/STEP, or NAME.runs for all of them.',
    );
  }
  const experiment = await experimentOf(single ? path.dirname(folder) : folder);
  return Promise.all(folders.map((each) => readRun(each, experiment)));
}

async function runFoldersIn(folder: string): Promise<string[]> {
  const inside = (await subfolders(folder)).map((name) => path.join(folder, name));
  const isRun = await Promise.all(inside.map((each) => exists(path.join(each, runFiles.manifest))));
  return inside.filter((_, i) => isRun[i]);
}

async function readRun(folder: string, experiment: Experiment | null): Promise<ReportRun> {
  const snapshot = await new RunReader(folder).read();
  const manifest = manifestSchema.safeParse(snapshot?.manifest);
  if (!snapshot || !manifest.success) {
    throw new InputError(`${path.join(folder, runFiles.manifest)} is not the manifest of a run`, 'Run the step anew.');
  }
  const model = await modelOf(manifest.data.facts.checkpoint, experiment);
  const place = { id: path.basename(folder), folder: path.resolve(folder) };
  return { ...place, manifest: manifest.data, rows: snapshot.rows, state: snapshot.state, model };
}

/** The experiment file beside `NAME.runs`, which says what the regions are. */
async function experimentOf(runs: string): Promise<Experiment | null> {
  const start = path.resolve(runs).replace(/\.runs$/, '.frankenstein');
  for (const file of [`${start}.yaml`, `${start}.yml`]) {
    if (await exists(file)) return loadExperiment(file).catch(() => null);
  }
  return null;
}

async function modelOf(checkpoint: unknown, experiment: Experiment | null): Promise<ReportRun['model']> {
  const named = experiment?.checkpoints.get(String(checkpoint));
  if (!experiment || !named) return null;
  try {
    const { numLayers } = (await openCheckpoint(named.directory)).config;
    return { numLayers, regions: resolveRegions(experiment.content.regions, numLayers) };
  } catch {
    return null; // the run stands without its checkpoint
  }
}
