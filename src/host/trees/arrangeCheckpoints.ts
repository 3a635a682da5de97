import path from 'node:path';
import type { CachedCheckpoint } from '../../core/checkpoint/discover';
import type { RegionSpec } from '../../core/checkpoint/regions';
import { resolvePath, type Experiment } from '../../core/experiment/experiment';
import { isBelow } from '../../core/files/paths';
import { placeInChain, type Role } from '../../shared/vocabulary';

/** A checkpoint as the tree lists it, before any of its files is opened. */
export interface ListedCheckpoint {
  /** Absolute. */
  readonly directory: string;
  /** The experiment's name for it, else that of its folder or of its repository on the Hub. */
  readonly name: string;
  readonly role: Role | null;
  readonly origin: 'experiment' | 'folder' | 'cache';
  /** The setting's folder through which it was found; null in the workspace and in the cache. */
  readonly addedBy: string | null;
  /** As the experiment says. */
  readonly regions: RegionSpec;
  /** The experiment files that name it. */
  readonly experiments: readonly string[];
  /** The step of an experiment file that writes it. */
  readonly writtenBy: string | null;
  /** What tells it from another one of the same name. */
  readonly hint: string | null;
}

export interface CheckpointSources {
  readonly experiments: readonly Experiment[];
  /** Below the workspace's and the added folders. */
  readonly found: readonly string[];
  /** Absolute. */
  readonly addedFolders: readonly string[];
  readonly cached: readonly CachedCheckpoint[];
  /** What the user says; undefined where they said nothing. */
  readonly chosenRole: (directory: string) => Role | null | undefined;
  /** A path as it is shown. */
  readonly shown: (directory: string) => string;
}

/** Every checkpoint once: those of experiments in the order Base, IN, RL, then others of the folders, then the cache. */
export function arrangeCheckpoints(sources: CheckpointSources): ListedCheckpoint[] {
  const named = inExperiments(sources);
  const known = new Set(named.map(({ directory }) => directory));
  const found = sources.found.filter((directory) => !known.has(directory));
  for (const directory of found) known.add(directory);
  const listed = [
    ...named,
    ...found.map((directory) => plain(sources, directory, path.basename(directory), 'folder')),
    ...sources.cached
      .filter(({ directory }) => !known.has(directory))
      .map(({ directory, repository }) => plain(sources, directory, repository, 'cache')),
  ];
  return withHints(listed, sources.shown);
}

function inExperiments(sources: CheckpointSources): ListedCheckpoint[] {
  const listed = new Map<string, ListedCheckpoint>();
  for (const experiment of sources.experiments) {
    const { file, content, checkpoints } = experiment;
    const writers = writersIn(experiment);
    const own = [...checkpoints.values()].map(({ name, directory, role }): ListedCheckpoint => {
      const chosen = sources.chosenRole(directory);
      const place = plain(sources, directory, name, 'experiment');
      const writtenBy = writers.get(directory) ?? null;
      const fromFile = { regions: content.regions, experiments: [file], writtenBy };
      return { ...place, ...fromFile, role: chosen === undefined ? role : chosen };
    });
    for (const checkpoint of own.sort((a, b) => placeInChain(a.role) - placeInChain(b.role))) {
      const known = listed.get(checkpoint.directory);
      const experiments = [...new Set([...(known?.experiments ?? []), file])];
      const role = known?.role ?? checkpoint.role;
      const writtenBy = known?.writtenBy ?? checkpoint.writtenBy;
      listed.set(checkpoint.directory, { ...(known ?? checkpoint), role, writtenBy, experiments });
    }
  }
  return [...listed.values()];
}

/** Steps by the folder that they write. */
function writersIn(experiment: Experiment): Map<string, string> {
  const steps = experiment.content.steps.flatMap(({ train, merge }) => train ?? merge ?? []);
  return new Map(steps.map(({ id, output }) => [resolvePath(experiment, output), id]));
}

function plain(
  { chosenRole, addedFolders }: CheckpointSources,
  directory: string,
  name: string,
  origin: ListedCheckpoint['origin'],
): ListedCheckpoint {
  const addedBy = addedFolders.find((folder) => directory === folder || isBelow(directory, folder)) ?? null;
  const role = chosenRole(directory) ?? null;
  return { directory, name, role, origin, addedBy, regions: 'thirds', experiments: [], writtenBy: null, hint: null };
}

/** In the cache two revisions of a repository differ by their commit, elsewhere two of a name by where they lie. */
function withHints(listed: readonly ListedCheckpoint[], shown: (directory: string) => string): ListedCheckpoint[] {
  const groupOf = ({ origin, name }: ListedCheckpoint) => `${origin === 'cache' ? 'cache' : 'other'} ${name}`;
  const counts = new Map<string, number>();
  for (const checkpoint of listed) counts.set(groupOf(checkpoint), (counts.get(groupOf(checkpoint)) ?? 0) + 1);
  return listed.map((checkpoint) => {
    if (counts.get(groupOf(checkpoint)) === 1) return checkpoint;
    const { origin, directory } = checkpoint;
    return { ...checkpoint, hint: origin === 'cache' ? path.basename(directory).slice(0, 7) : shown(directory) };
  });
}
