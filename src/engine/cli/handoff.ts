import path from 'node:path';
import { checkHandoff, type FrozenCheck } from '../../core/train/handoff/checkFrozen';
import { writeHandoff } from '../../core/train/handoff/handoff';
import { targetVersions } from '../../core/train/handoff/handoffReadme';
import type { HandoffTarget } from '../../core/train/handoff/trainingData';
import { loadExperiment } from '../../core/experiment/experiment';
import { InputError } from '../../shared/errors';
import { quantity } from '../../shared/format';
import type { Verb } from '../cli';
import { SandboxClient } from '../sandboxClient';
import { print, readArguments, required } from './arguments';
import type { TerminalEngine } from './terminalEngine';

const options = {
  step: { type: 'string' },
  out: { type: 'string' },
  target: { type: 'string', default: 'verl' },
  check: { type: 'string' },
  result: { type: 'string' },
  start: { type: 'string' },
} as const;

/** Writes the folder that a GPU cluster trains a step from, or checks what came back. */
export const handoff: Verb = async (words, engine) => {
  const isCheck = words.some((word) => word === '--check' || word.startsWith('--check='));
  const { values, words: places, json } = readArguments(words, options, isCheck ? '' : 'FILE');
  if (values.check !== undefined) {
    await check(values.check, required('result', values.result), values.start, json, engine);
    return;
  }
  const target = values.target as HandoffTarget;
  if (!Object.hasOwn(targetVersions, target)) {
    throw new InputError(`--target ${target} is no trainer`, `Choose ${Object.keys(targetVersions).join(' or ')}`);
  }
  const experiment = await loadExperiment(path.resolve(places[0]!));
  const output = path.resolve(required('out', values.out));
  const sandbox = new SandboxClient();
  const tools = { images: sandbox, grader: sandbox, parquet: sandbox.parquet };
  const id = required('step', values.step);
  const result = await writeHandoff(experiment, id, target, output, tools).finally(() => sandbox.stop());
  for (const note of result.notes) process.stderr.write(`${note}\n`);
  for (const { id: item, problem } of result.leftOut)
    process.stderr.write(`warning: ${item} is left out: ${problem}\n`);
  const { count, parameters, trained } = result.frozen;
  const frozen = { tensors: count, parameters };
  print(json, { output, target, files: result.files, items: result.items, frozen, trained }, () =>
    [
      `${output}: ${result.items} items for ${targetVersions[target]}`,
      `frozen: ${count} tensors, ${quantity(parameters)} parameters; trained: ${trained.tensors}, ${quantity(trained.parameters)}`,
      `Next: ${path.join(output, 'README.md')}`,
      '',
    ].join('\n'),
  );
};

async function check(
  folder: string,
  result: string,
  start: string | undefined,
  json: boolean,
  { signal }: TerminalEngine,
): Promise<void> {
  const answer = await checkHandoff(path.resolve(folder), path.resolve(result), start ?? null, signal);
  print(json, answer, () => checked(answer));
  const { moved, missing } = answer.frozen;
  if (!answer.kept)
    throw new Error(`of what was frozen, ${moved.length} tensors moved and ${missing.length} are missing`);
}

function checked({ frozen, trained, kept }: FrozenCheck): string {
  const dtypes = Object.entries(frozen.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  const lines = [
    `frozen: ${frozen.tensors} tensors, ${quantity(frozen.parameters)} parameters (${dtypes.join(', ')}): ` +
      (kept ? 'all as they were, bit for bit' : 'NOT as they were'),
    ...frozen.moved.map((name) => `  moved: ${name}`),
    ...frozen.missing.map((name) => `  missing: ${name}`),
    `trained: ${trained.moved} of ${trained.tensors} tensors moved`,
    ...trained.unmoved.map((name) => `  unmoved: ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}
