/** What the side files of checkpoints that an experiment file puts together disagree about. */
import { InputError } from '../../../shared/errors';
import { roles } from '../../../shared/vocabulary';
import type { SidecarDifference } from '../../checkpoint/sidecarDifference';
import { sidecarDifferences } from '../../checkpoint/sidecarDifferences';
import type { SidecarFacts, SidecarFactsReader } from '../../checkpoint/sidecarFacts';
import { gravestOf, listDifferences, whatWillBeUsed } from '../../checkpoint/sidecarWords';
import type { FilePath } from '../experimentFile';
import { donorNames } from '../hybridDonors';
import { skeletonName } from '../skeletonName';

export interface SidecarProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly path: FilePath;
  /** The name is marked, not what stands behind it. */
  readonly onKey: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

/** An experiment file as far as it can be read. */
export interface SidecarCheckInput {
  readonly checkpoints: Mapping;
  readonly hybrids: Mapping;
  readonly steps: readonly (readonly [index: number, kind: string, options: Mapping])[];
  /** Folders of the checkpoints that can be opened, by name. What is wrong with the others is said elsewhere. */
  readonly directories: ReadonlyMap<string, string>;
}

/** Compares the chain, the phases of every `compare`, and the donors of every hybrid. */
export async function sidecarProblems(input: SidecarCheckInput, reader: SidecarFactsReader): Promise<SidecarProblem[]> {
  // Once per check and folder, however often it is named: each look at the disk costs time while somebody types.
  const reading = new Map<string, Promise<SidecarFacts>>();
  const read = (directory: string) => {
    const known = reading.get(directory) ?? reader.read(directory);
    reading.set(directory, known);
    return known;
  };
  const differing = async (names: readonly string[]): Promise<SidecarDifference[]> => {
    const there = [...new Set(names)].flatMap((name) => {
      const directory = input.directories.get(name);
      return directory === undefined ? [] : [{ name, directory }];
    });
    if (there.length < 2) return [];
    try {
      return gravestOf(await sidecarDifferences(there, read));
    } catch (error) {
      if (error instanceof InputError) return []; // a folder went away meanwhile; the next check says so
      throw error;
    }
  };
  const found = await Promise.all([
    chainProblems(input, differing),
    phaseProblems(input, differing),
    hybridProblems(input, differing),
  ]);
  return found.flat();
}

type Differing = (names: readonly string[]) => Promise<SidecarDifference[]>;

/** Every checkpoint with a role against the first of the chain. */
async function chainProblems({ checkpoints, directories }: SidecarCheckInput, differing: Differing) {
  const roleOf = (name: string) => {
    const given = (checkpoints[name] as { role?: unknown } | null)?.role ?? name.toLowerCase();
    return roles.findIndex((role) => role === given);
  };
  const named = Object.keys(checkpoints).filter((name) => directories.has(name) && roleOf(name) >= 0);
  const [first, ...others] = named.sort((a, b) => roleOf(a) - roleOf(b));
  const problems = others.map(async (name): Promise<SidecarProblem[]> => {
    const differences = await differing([first!, name]);
    if (differences.length === 0) return [];
    const message = `side files differ from those of "${first!}": ${listDifferences(differences)}`;
    return [{ severity: 'warning', message, path: ['checkpoints', name], onKey: true }];
  });
  return (await Promise.all(problems)).flat();
}

async function phaseProblems({ steps, hybrids, directories }: SidecarCheckInput, differing: Differing) {
  const phases = steps.flatMap(([index, kind, options]) => {
    const list = kind === 'compare' && Array.isArray(options.phases) ? (options.phases as unknown[]) : [];
    return list.map((phase, i) => ({ phase, path: ['steps', index, kind, 'phases', i] }));
  });
  const problems = phases.map(async ({ phase, path }): Promise<SidecarProblem[]> => {
    if (!Array.isArray(phase)) return [];
    // A hybrid's side files are its skeleton's.
    const names = phase.map(String).map((name) => (directories.has(name) ? name : skeletonName(hybrids[name])));
    const differences = await differing(names.filter((name) => name !== null));
    if (differences.length === 0) return [];
    const message = `side files differ: ${listDifferences(differences)}`;
    return [{ severity: 'warning', message, path, onKey: false }];
  });
  return (await Promise.all(problems)).flat();
}

async function hybridProblems({ hybrids, directories }: SidecarCheckInput, differing: Differing) {
  const problems = Object.entries(hybrids).map(async ([name, spec]): Promise<SidecarProblem[]> => {
    const donors = donorNames(spec, directories);
    const differences = (await differing(donors)).filter((difference) => matters(difference, spec));
    if (differences.length === 0) return [];
    const apart = differences.some(({ severity }) => severity === 'cannotCombine');
    const skeleton = skeletonName(spec);
    const used = skeleton === null ? '' : `. ${whatWillBeUsed(donors, skeleton)}`;
    const what = apart ? 'its donors cannot be combined' : "its donors' side files differ";
    const message = `${what}: ${listDifferences(differences)}${used}`;
    return [{ severity: apart ? 'error' : 'warning', message, path: ['hybrids', name], onKey: true }];
  });
  return (await Promise.all(problems)).flat();
}

/** Rows for more tokens than the skeleton has are no matter where the donor gives layers only. */
function matters({ file, field, values }: SidecarDifference, spec: unknown): boolean {
  const skeleton = skeletonName(spec);
  if (file !== 'config.json' || field !== 'vocab_size' || skeleton === null) return true;
  const { embeddings, head, method } = spec as Mapping;
  if (method !== undefined) return true; // a computed merge takes every tensor from all
  const givers = [embeddings, head].filter((donor) => typeof donor === 'string');
  return givers.some((donor) => values[donor] !== values[skeleton]);
}
