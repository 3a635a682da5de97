import path from 'node:path';
import * as z from 'zod';
import { InputError } from '../../../shared/errors';
import { roles, type Regions, type Role } from '../../../shared/vocabulary';
import { openCheckpoint } from '../../checkpoint/checkpoint';
import { resolveRegions } from '../../checkpoint/regions';
import { readTextFile } from '../../files/containedFile';
import { exists } from '../../files/folders';
import { subfolders } from '../../files/subfolders';
import { loadExperiment, type Experiment } from '../experiment';
import { optionsOf } from '../experimentFile';
import { hybridDonors } from '../hybridDonors';
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
  /** The experiment file beside the folder of runs; null where it is gone or has errors. */
  readonly experiment: Experiment | null;
  /** summary.json; null where there is none yet, or none that can be read. */
  readonly summary: Readonly<Record<string, unknown>> | null;
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
  sidecars: z
    .array(
      z.object({
        file: text,
        field: text.nullable(),
        severity: z.enum(['harmless', 'changesAnswers', 'cannotCombine']),
        values: z.record(text, text.nullable()),
        meaning: text,
      }),
    )
    .default([]),
  shard: z.object({ index: z.number(), count: z.number() }).nullable(),
  started: text,
  message: text.optional(),
});

const summarySizeLimit = 256 << 20;

/**
 * Reads a run folder, or all that a folder of runs (`NAME.runs`) has, in the order of the experiment file's steps.
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
  return Promise.all(inOrder(folders, experiment).map((each) => readRun(each, experiment)));
}

/** What was set aside (`STEP~1`) comes after its step, what the file does not name at the end. */
function inOrder(folders: readonly string[], experiment: Experiment | null): readonly string[] {
  const ids = experiment?.content.steps.map((step) => optionsOf(step).id) ?? [];
  const placeOf = (folder: string) => {
    const place = ids.indexOf(path.basename(folder).replace(/~\d+$/, ''));
    return place < 0 ? ids.length : place;
  };
  return [...folders].sort((a, b) => placeOf(a) - placeOf(b));
}

/** A checkpoint's place in the chain: as the experiment file says, else as its name does. */
export function roleOf({ experiment }: Pick<ReportRun, 'experiment'>, name: string): Role | null {
  const known = experiment?.checkpoints.get(name);
  return known ? known.role : (roles.find((role) => role === name.toLowerCase()) ?? null);
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
  const { checkpoint, checkpoints } = manifest.data.facts;
  const model = await modelOf(checkpoint ?? (Array.isArray(checkpoints) ? checkpoints[0] : null), experiment);
  const place = { id: path.basename(folder), folder: path.resolve(folder) };
  const summary = await readSummary(path.join(folder, runFiles.summary));
  return {
    ...place,
    ...{ manifest: manifest.data, rows: snapshot.rows, state: snapshot.state },
    ...{ model, experiment, summary },
  };
}

async function readSummary(file: string): Promise<ReportRun['summary']> {
  try {
    const content: unknown = JSON.parse(await readTextFile(file, { limit: summarySizeLimit }));
    return z.record(z.string(), z.unknown()).safeParse(content).data ?? null;
  } catch {
    return null;
  }
}

/** The experiment file beside `NAME.runs`, which says what the regions are. */
async function experimentOf(runs: string): Promise<Experiment | null> {
  const start = path.resolve(runs).replace(/\.runs$/, '.frankenstein');
  for (const file of [`${start}.yaml`, `${start}.yml`]) {
    if (await exists(file)) return loadExperiment(file).catch(() => null);
  }
  return null;
}

/** @param checkpoint its name; a hybrid is as deep as its donors */
async function modelOf(checkpoint: unknown, experiment: Experiment | null): Promise<ReportRun['model']> {
  if (!experiment || typeof checkpoint !== 'string') return null;
  const { hybrids } = experiment.content;
  const spec = Object.hasOwn(hybrids, checkpoint) ? hybrids[checkpoint]! : null;
  const donor = spec ? hybridDonors(spec, experiment)[0] : checkpoint;
  const named = experiment.checkpoints.get(donor ?? '');
  if (!named) return null;
  try {
    const { numLayers } = (await openCheckpoint(named.directory)).config;
    return { numLayers, regions: resolveRegions(experiment.content.regions, numLayers) };
  } catch {
    return null; // the run stands without its checkpoint
  }
}
