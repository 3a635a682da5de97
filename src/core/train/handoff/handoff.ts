/** A train step as a folder that verl or EasyR1 can be started from on a GPU cluster. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { InputError } from '../../../shared/errors';
import type { LeftOut } from '../../../shared/evaluateResults';
import { openCheckpoint } from '../../checkpoint/checkpoint';
import { resolveRegions } from '../../checkpoint/regions';
import { readPreprocessorConfig } from '../../checkpoint/sidecars';
import type { DatasetItem } from '../../evaluate/dataset';
import { isHubDataset } from '../../evaluate/datasets/hubCache';
import { readDataset } from '../../evaluate/datasets/readDataset';
import type { Grader } from '../../evaluate/grading/grade';
import { resolveCheckpoint, resolvePath, stepById, type Experiment } from '../../experiment/experiment';
import type { TrainOptions } from '../../experiment/schema';
import { writeFileAtomic } from '../../files/atomicWrite';
import { diskOperations } from '../../files/fileOperations';
import { ensureFolder } from '../../files/folders';
import { assertNewOrEmpty, publishFolder, removeFolder } from '../../files/outputFolder';
import { writeParquetFile } from '../../files/parquetWriter';
import type { ImageReader, ParquetReader } from '../../ports';
import { resolveFreeze } from '../freeze';
import { checkFrozenPython } from './checkFrozenPython';
import { assertEasyR1Trains, easyR1Config, easyR1Script } from './easyR1';
import { freezeHookPython, freezeVerlPython, launchEasyR1Python } from './freezeHookPython';
import { frozenFile, type FrozenFile } from './frozenPatterns';
import { handoffReadme, targetVersions } from './handoffReadme';
import { rewardPython } from './rewardPython';
import { slurmScript } from './slurmScript';
import { assertNoPlaceholders, dataColumns, dataRows, type DataOptions, type HandoffTarget } from './trainingData';
import { trainingNumbers, type TrainingNumbers } from './trainingNumbers';
import { verlGrpoScript, verlSftScript } from './verl';

/** Strangers' images, answers and parquet files are looked at in a child process. */
export interface HandoffTools {
  readonly images: Pick<ImageReader, 'sizes'>;
  readonly grader: Pick<Grader, 'problems'>;
  readonly parquet: ParquetReader;
}

export interface HandoffResult {
  /** Names in the folder. */
  readonly files: readonly string[];
  readonly items: number;
  readonly leftOut: readonly LeftOut[];
  readonly frozen: FrozenFile;
  readonly notes: readonly string[];
}

/** The content of `handoff.json`. */
export interface HandoffFile {
  readonly version: 1;
  readonly target: HandoffTarget;
  readonly writtenFor: string;
  /** `path` is relative to the folder, with slashes. */
  readonly start: { readonly name: string; readonly path: string };
  readonly step: TrainOptions;
}

/**
 * Writes the folder. Everything that can be wrong is seen before anything is written.
 * @throws InputError when the step is none that can be handed off, or what it names cannot be read
 */
export async function writeHandoff(
  experiment: Experiment,
  stepId: string,
  target: HandoffTarget,
  output: string,
  tools: HandoffTools,
): Promise<HandoffResult> {
  const step = trainStep(experiment, stepId);
  if (target === 'easyr1') assertEasyR1Trains(step);
  await assertNewOrEmpty(output);
  const start = startOf(experiment, step);
  const checkpoint = await openCheckpoint(start.directory);
  const regions = resolveRegions(experiment.content.regions, checkpoint.config.numLayers);
  // A GPU trainer trains all that there is.
  const freeze = resolveFreeze(step.freeze, checkpoint, regions, new Set(checkpoint.tensors.keys()));
  const selectors = freeze.selectors.map(({ selector }) => selector);
  const frozen = frozenFile(checkpoint, new Set(freeze.frozen), selectors);
  const pixels = await readPreprocessorConfig(start.directory);
  const { items, leftOut, imageFolder } = await usableItems(experiment, step, tools);
  const options: DataOptions = { target, method: step.method, prompt: step.prompt, imageFolder, pixels };
  assertNoPlaceholders(items, options);
  const numbers = trainingNumbers(step, items.length);

  const handoff: HandoffFile = {
    version: 1,
    target,
    writtenFor: targetVersions[target],
    start: { name: step.from, path: path.relative(output, start.directory).split(path.sep).join('/') },
    step,
  };
  const file = path.basename(experiment.file);
  const facts = { step, target, file, items: items.length, leftOut: leftOut.length, frozen, numbers };
  const texts: Record<string, string> = {
    'README.md': handoffReadme(facts),
    ...scripts(`Trains the step ${step.id} of ${file}.`, step, numbers, options),
    'frozen.json': JSON.stringify(frozen, null, 1) + '\n',
    'handoff.json': JSON.stringify(handoff, null, 1) + '\n',
  };
  const { files } = await writeFolder(output, async (folder) => {
    await writeParquetFile(path.join(folder, 'train.parquet'), dataColumns(options), dataRows(items, options));
    for (const [name, text] of Object.entries(texts)) await writeFileAtomic(path.join(folder, name), text);
  });
  return { files, items: items.length, leftOut, frozen, notes: freeze.notes };
}

/** All of it or nothing: an image may turn out to be unreadable when half of the data is written. */
async function writeFolder(output: string, write: (folder: string) => Promise<void>) {
  const suffix = randomBytes(6).toString('hex');
  const part = path.join(path.dirname(output), `.${path.basename(output)}.${suffix}.tmp`);
  try {
    await ensureFolder(part);
    await write(part);
    return await publishFolder(part, output, diskOperations);
  } finally {
    await removeFolder(part); // nothing is left of it when it has its name
  }
}

function trainStep(experiment: Experiment, id: string): TrainOptions {
  const { train } = stepById(experiment, id);
  if (train) return train;
  throw new InputError(`the step "${id}" of ${experiment.file} trains nothing`, 'Only train steps are handed off.');
}

function startOf(experiment: Experiment, { id, from }: TrainOptions) {
  if (Object.hasOwn(experiment.content.hybrids, from)) {
    throw new InputError(
      `the step "${id}" starts from the hybrid "${from}", which a cluster cannot open`,
      'Write it with merge, and let the step start from the checkpoint that is written.',
    );
  }
  return resolveCheckpoint(experiment, from);
}

interface UsableItems {
  readonly items: readonly DatasetItem[];
  readonly leftOut: readonly LeftOut[];
  readonly imageFolder: string;
}

/** Those that the product would train on too. */
async function usableItems(
  experiment: Experiment,
  { method, dataset: given, category }: TrainOptions,
  { images, grader, parquet }: HandoffTools,
): Promise<UsableItems> {
  const place = isHubDataset(given) ? given : resolvePath(experiment, given);
  const { items, leftOut, imageFolder } = await readDataset(place, { category }, parquet);
  const problems = method === 'grpo' ? await grader.problems(items) : [];
  const paths = [...new Set(items.flatMap(({ image }) => (image === null ? [] : [image])))];
  const sizes = await images.sizes(paths, imageFolder);
  const broken = new Map(paths.flatMap((each, i) => (sizes[i] instanceof InputError ? [[each, sizes[i]]] : [])));
  const refused: LeftOut[] = items.flatMap(({ id, answer, image }, i) => {
    const empty = answer.trim() === '' ? 'its answer is empty' : null;
    const problem = problems[i] ?? empty ?? (image === null ? null : (broken.get(image)?.message ?? null));
    return problem === null ? [] : [{ id, problem }];
  });
  const ids = new Set(refused.map(({ id }) => id));
  const usable = items.filter(({ id }) => !ids.has(id));
  const [first] = refused;
  if (usable.length > 0) return { items: usable, leftOut: [...leftOut, ...refused], imageFolder };
  throw new InputError(`${given} has no item that can be learnt from`, first && `${first.id}: ${first.problem}.`);
}

function scripts(
  title: string,
  step: TrainOptions,
  numbers: TrainingNumbers,
  { target, pixels }: DataOptions,
): Record<string, string> {
  const common = {
    'submit.sbatch': slurmScript(title, step, numbers),
    'freeze_hook.py': freezeHookPython,
    'check_frozen.py': checkFrozenPython,
  };
  if (target === 'easyr1') {
    return {
      ...common,
      'run.sh': easyR1Script(title, step, numbers),
      'config.yaml': easyR1Config(step, numbers, pixels),
      'launch_easyr1.py': launchEasyR1Python,
      'reward.py': rewardPython,
    };
  }
  const verl = { ...common, 'freeze_verl.py': freezeVerlPython };
  return step.method === 'sft'
    ? { ...verl, 'run.sh': verlSftScript(title, step, numbers) }
    : { ...verl, 'run.sh': verlGrpoScript(title, step, numbers), 'reward.py': rewardPython };
}
