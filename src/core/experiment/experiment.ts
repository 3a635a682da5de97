import path from 'node:path';
import { InputError } from '../../shared/errors';
import { roles, type Role } from '../../shared/vocabulary';
import { readTextFile } from '../files/containedFile';
import { experimentSizeLimit, kindOf, optionsOf, parseExperiment } from './experimentFile';
import type { ExperimentContent, Step } from './schema';

/** A checkpoint as the experiment file names it. */
export interface NamedCheckpoint {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** As given, or read off a name that is itself a role. */
  readonly role: Role | null;
}

/** An experiment file without errors, its paths made absolute. */
export interface Experiment {
  readonly file: string;
  readonly directory: string;
  readonly content: ExperimentContent;
  readonly checkpoints: ReadonlyMap<string, NamedCheckpoint>;
  /** Where runs go unless told otherwise: `NAME.runs` beside the file. */
  readonly runs: string;
}

/**
 * Reads an experiment file.
 * @throws InputError with file, line and column of the first error
 */
export async function loadExperiment(file: string): Promise<Experiment> {
  return experimentFromText(file, await readTextFile(file, { limit: experimentSizeLimit }));
}

/** As {@link loadExperiment}, of a text that need not be saved. */
export function experimentFromText(file: string, text: string): Experiment {
  const { content, problems, lines } = parseExperiment(text);
  const error = problems.find(({ severity }) => severity === 'error');
  if (error) {
    const { line, col } = lines.linePos(error.from);
    throw new InputError(`${file}:${line}:${col}: ${error.message}`);
  }
  return resolveExperiment(path.resolve(file), content!);
}

export function resolveExperiment(file: string, content: ExperimentContent): Experiment {
  const directory = path.dirname(file);
  const checkpoints = Object.entries(content.checkpoints).map(([name, entry]): [string, NamedCheckpoint] => {
    const given = typeof entry === 'string' ? { path: entry } : entry;
    const role = given.role ?? roles.find((known) => known === name.toLowerCase()) ?? null;
    return [name, { name, directory: path.resolve(directory, given.path), role }];
  });
  return { file, directory, content, checkpoints: new Map(checkpoints), runs: runsDirectory(file) };
}

/** A path as the experiment file means it. */
export function resolvePath({ directory }: Experiment, given: string): string {
  return path.resolve(directory, given);
}

/** `NAME.runs` for `NAME.frankenstein.yaml` (or `.yml`). */
export function runsDirectory(file: string): string {
  return file.replace(/(\.frankenstein)?\.ya?ml$/, '') + '.runs';
}

export function stepById(experiment: Experiment, id: string): Step {
  const { steps } = experiment.content;
  const step = steps.find((candidate) => optionsOf(candidate).id === id);
  if (step) return step;
  const known = steps.map((candidate) => `${optionsOf(candidate).id} (${kindOf(candidate)})`).join(', ');
  throw new InputError(`${experiment.file} has no step "${id}"`, known ? `Its steps: ${known}.` : 'It has no steps.');
}

/**
 * The folder of the checkpoint that a step means by `name`.
 * @throws InputError when there is none
 */
export function resolveCheckpoint(experiment: Experiment, name: string): NamedCheckpoint {
  const found = experiment.checkpoints.get(name);
  if (found) return found;
  const known = [...experiment.checkpoints.keys(), ...Object.keys(experiment.content.hybrids)].join(', ');
  throw new InputError(`${experiment.file} has no checkpoint "${name}"`, `It has ${known}.`);
}
