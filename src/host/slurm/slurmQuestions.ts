/** What *Run on Slurm* asks. */
import type * as vscode from 'vscode';
import { checkArrayOptions, mostShards, type ArrayOptions } from '../../core/slurm/arrayOptions';
import { failureOf } from '../../shared/errors';
import { back, enter, type Question } from '../commands/hybridDialog';

/** What is known so far. */
export type SlurmDraft = { readonly [K in Asked]?: ArrayOptions[K] };
type Asked = (typeof asked)[number];
const asked = ['shards', 'partition', 'time', 'memory', 'cpus', 'gpus'] as const;

/** What was asked for last, and what nobody asks. */
export type SlurmDefaults = ArrayOptions;

const remembered = 'frankenstein.slurm';

const firstDefaults: Omit<SlurmDefaults, 'device' | 'account'> = {
  shards: 8,
  partition: null,
  time: null,
  memory: null,
  cpus: 4,
  gpus: 0,
};

/** The answers of the last time are the defaults of this one. @param rest what settings say */
export function slurmDefaults(state: vscode.Memento, rest: Pick<ArrayOptions, 'device' | 'account'>) {
  const gpus = Number(rest.device === 'cuda' || rest.device === 'webgpu');
  const last = state.get<SlurmDraft>(remembered) ?? {};
  const options: SlurmDefaults = { ...firstDefaults, gpus, ...last, ...rest };
  return failureOf(() => checkArrayOptions(options)) === null ? options : { ...firstDefaults, gpus, ...rest };
}

export async function rememberSlurm(state: vscode.Memento, options: ArrayOptions): Promise<void> {
  await state.update(remembered, answersIn(options));
}

/** What a caller answers in advance; what it leaves out is not there. */
export function answersIn(argument: unknown): SlurmDraft {
  const given = Object.entries((argument ?? {}) as object);
  return Object.fromEntries(given.filter(([key, value]) => asked.includes(key as Asked) && value !== undefined));
}

/** The next question; null when all is asked. @param divisible whether the step can be cut into shards */
export function nextSlurmQuestion(
  draft: SlurmDraft,
  defaults: SlurmDefaults,
  divisible: boolean,
): Question<SlurmDraft> | null {
  const ask = asker(draft, defaults);
  if (draft.shards === undefined && divisible) {
    return ask('shards', `Into how many shards? Up to ${mostShards}; each is a job of its own`, whole);
  }
  if (draft.partition === undefined) return ask('partition', `Which partition? ${itsOwn}`, text);
  if (draft.time === undefined) return ask('time', `How much time for a shard, as in 2:00:00? ${itsOwn}`, text);
  if (draft.memory === undefined) return ask('memory', `How much memory for a shard, as in 16G? ${itsOwn}`, text);
  if (draft.cpus === undefined) return ask('cpus', `How many CPUs for a shard? ${itsOwn}`, wholeOrNone);
  if (draft.gpus === undefined) return ask('gpus', 'How many GPUs for a shard?', whole);
  return null;
}

export function slurmQuestionCount(divisible: boolean): number {
  return divisible ? 6 : 5;
}

const itsOwn = 'Empty: what the cluster gives by itself';

function asker(draft: SlurmDraft, defaults: SlurmDefaults) {
  return <K extends Asked>(
    key: K,
    prompt: string,
    read: (text: string) => ArrayOptions[K] | null,
  ): Question<SlurmDraft> => {
    const known = (text: string): SlurmDraft => ({ ...draft, [key]: read(text) });
    const problem = (text: string) =>
      failureOf(() => checkArrayOptions({ ...defaults, ...known(text) } as ArrayOptions));
    return async (place) => {
      const answer = await enter(place, { prompt, value: String(defaults[key] ?? ''), problem });
      return answer === back ? back : known(answer);
    };
  };
}

function text(answer: string): string | null {
  return answer.trim() === '' ? null : answer.trim();
}

/** What is no number is NaN, which is out of all bounds. */
function whole(answer: string): number {
  return /^\s*\d+\s*$/.test(answer) ? Number(answer) : NaN;
}

function wholeOrNone(answer: string): number | null {
  return answer.trim() === '' ? null : whole(answer);
}
