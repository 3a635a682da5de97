/** Comparisons that the user asked for without an experiment file: where they are kept, and the file that says them. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { RegionSpec } from '../../core/checkpoint/regions';
import { resolveExperiment, type Experiment } from '../../core/experiment/experiment';
import { parseExperiment } from '../../core/experiment/experimentFile';
import { writeFileAtomic } from '../../core/files/atomicWrite';
import { readTextFile, realPathOf } from '../../core/files/containedFile';
import { ensureFolder, exists } from '../../core/files/folders';
import { subfolders } from '../../core/files/subfolders';
import type { Role } from '../../shared/vocabulary';

/** A checkpoint of a comparison. */
export interface ComparedCheckpoint {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly role: Role | null;
  readonly regions: RegionSpec;
}

/** Two checkpoints, or three: each phase begins with what the one before it ended with. */
export type ComparedChain = readonly ComparedCheckpoint[];

const fileName = 'comparison.frankenstein.yaml';
const sizeLimit = 1 << 20;

/** The extension's own comparisons: a folder per set of checkpoints, with an experiment file and its runs. */
export class StoredComparisons {
  /** @param folder the extension's storage; it need not be there */
  constructor(readonly folder: string) {}

  /** The step of a comparison; its file is written when it is not there yet. @throws InputError */
  async step(chain: ComparedChain, spectrum: boolean): Promise<{ file: string; step: string }> {
    const places = await Promise.all(chain.map(({ directory }) => realPathOf(directory)));
    const hash = createHash('sha256').update(places.join('\n')).digest('hex').slice(0, 16);
    const file = path.join(this.folder, hash, fileName);
    // Names of an earlier time stay: rows have them, and other names would be another run.
    if (!(await isSound(file, places))) {
      await ensureFolder(path.dirname(file));
      await writeFileAtomic(file, comparisonText(chain));
    }
    return { file, step: spectrum ? 'spectrum' : 'energy' };
  }

  /** The files of all comparisons. */
  async files(): Promise<string[]> {
    const folders = await subfolders(this.folder).catch(() => []); // there is none yet
    const files = folders.map((name) => path.join(this.folder, name, fileName));
    const present = await Promise.all(files.map(exists));
    return files.filter((_, i) => present[i]);
  }
}

/** Whether a file compares what lies at these real paths. */
async function isSound(file: string, places: readonly string[]): Promise<boolean> {
  const text = await readTextFile(file, { limit: sizeLimit }).catch(() => null);
  const content = text === null ? null : parseExperiment(text).content;
  if (!content) return false;
  const experiment = resolveExperiment(file, content);
  const chain = [...experiment.checkpoints.values()];
  const own = await Promise.all(chain.map(({ directory }) => realPathOf(directory).catch(() => null)));
  return own.join('\n') === places.join('\n') && compareSteps(experiment, chain).length === 2;
}

/** An experiment file with two steps, so that energies and a spectrum of the same checkpoints do not displace each other. */
export function comparisonText(chain: ComparedChain): string {
  const names = uniqueNames(chain);
  const entries = chain.map(({ directory, role }, i) => {
    const entry = { path: directory, ...(role === null ? {} : { role }) };
    return `  ${JSON.stringify(names[i])}: ${JSON.stringify(entry)}`;
  });
  const phases = JSON.stringify(names.slice(1).map((to, i) => [names[i], to]));
  return [
    'version: 1',
    'checkpoints:',
    ...entries,
    `regions: ${JSON.stringify(chain.at(-1)!.regions)}`,
    'steps:',
    `  - compare: { "id": "energy", "phases": ${phases} }`,
    `  - compare: { "id": "spectrum", "phases": ${phases}, "spectrum": true }`,
    '',
  ].join('\n');
}

/** Ids of an experiment's compare steps with just the phases of this chain, those with a spectrum first. */
export function compareSteps(
  { content, checkpoints }: Experiment,
  chain: readonly Pick<ComparedCheckpoint, 'directory'>[],
): string[] {
  const wanted = chain.slice(1).map(({ directory }, i) => [chain[i]!.directory, directory]);
  const directoryOf = (name: string) => checkpoints.get(name)?.directory;
  const same = content.steps.flatMap(({ compare }) => {
    const phases = compare?.phases.map(([from, to]) => [directoryOf(from), directoryOf(to)]);
    return compare && JSON.stringify(phases) === JSON.stringify(wanted) ? [compare] : [];
  });
  return [...same].sort((a, b) => Number(b.spectrum) - Number(a.spectrum)).map(({ id }) => id);
}

function uniqueNames(chain: ComparedChain): string[] {
  const used = new Set<string>();
  return chain.map(({ name }) => {
    let unique = name;
    for (let number = 2; used.has(unique); number++) unique = `${name}-${number}`;
    used.add(unique);
    return unique;
  });
}
