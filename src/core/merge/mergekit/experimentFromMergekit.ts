import path from 'node:path';
import { stringify } from 'yaml';
import { InputError } from '../../../shared/errors';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint';
import { hybridFromMergekit } from './hybridFromMergekit';
import { importMergekit } from './importMergekit';

export interface MergekitExperiment {
  /** Text of an experiment file that belongs beside the mergekit file. */
  readonly text: string;
  /** The hybrid's name in it. */
  readonly hybrid: string;
  /** What works otherwise than one may think, a sentence each; they stand in the text too. */
  readonly traps: readonly string[];
}

/**
 * An experiment file with the models and the hybrid of a mergekit file.
 * @param file absolute; its models' paths are relative to its folder
 * @param locate the folder of a model that is none (a name on the Hub); null where nobody knows
 * @throws InputError when it is no such file, no model is there, or a hybrid cannot say it
 */
export async function experimentFromMergekit(
  file: string,
  text: string,
  locate: (model: string) => string | null,
): Promise<MergekitExperiment> {
  const { merge } = importMergekit(text);
  const directory = path.dirname(file);
  const names = new Map<string, string>();
  const checkpoints: Record<string, string> = {};
  let opened: Checkpoint | undefined;
  const missing: string[] = [];
  for (const { path: model } of merge.models) {
    if (names.has(model)) continue;
    const folder = locate(model) ?? path.resolve(directory, model);
    const checkpoint = await openCheckpoint(folder).catch(() => null);
    if (!checkpoint) missing.push(`${model} is not there: put its folder in place of "${folder}".`);
    opened ??= checkpoint ?? undefined;
    const name = unusedName(path.basename(model) || 'model', Object.keys(checkpoints));
    names.set(model, name);
    checkpoints[name] = folder;
  }
  if (!opened) {
    const models = merge.models.map(({ path: model }) => model).join(', ');
    throw new InputError(
      `none of the models of ${file} is a checkpoint here: ${models}`,
      'Download one of them first.',
    );
  }
  const { numLayers, visionLayers } = opened.config;
  const depths = { numLayers, visionLayers };
  const { traps: readingTraps } = importMergekit(text, depths);
  const { spec, traps: sayingTraps } = hybridFromMergekit(merge, depths, (model) => names.get(model)!);
  const hybrid = unusedName(path.basename(file).replace(/\.ya?ml$/, ''), Object.keys(checkpoints));
  const traps = [...missing, ...readingTraps, ...sayingTraps];
  const content = stringify({ version: 1, checkpoints, hybrids: { [hybrid]: spec }, steps: [] }, { lineWidth: 120 });
  const remarks = [`From ${path.basename(file)}, a file of mergekit.`, ...traps].map((line) => `# ${line}\n`);
  return { text: remarks.join('') + content, hybrid, traps };
}

function unusedName(wanted: string, used: readonly string[]): string {
  let name = wanted;
  for (let number = 2; used.includes(name); number++) name = `${wanted}-${number}`;
  return name;
}
