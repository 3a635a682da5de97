import * as vscode from 'vscode';
import { loadExperiment, stepById } from '../../core/experiment/experiment';
import { kindOf } from '../../core/experiment/experimentFile';
import { isRunnable } from '../../core/experiment/runnableKinds';
import { isShardable } from '../../core/experiment/shardableKinds';
import type { ArrayOptions } from '../../core/slurm/arrayOptions';
import type { Sent } from '../../core/slurm/sendArray';
import { arrayPaths, shardLog } from '../../core/slurm/slurmFolder';
import { CancelledError, describeError, InputError } from '../../shared/errors';
import { registerCommands } from '../commands/failable';
import { askInTurn } from '../commands/hybridDialog';
import { asStepTarget, stepTarget, type StepTarget } from '../commands/stepTarget';
import type { Experiments } from '../experiments/experiments';
import { saveExperiment } from '../experiments/runs';
import { commands } from '../ids';
import { settings } from '../settings';
import { collectLogOf, placeOf, type SlurmArrays } from './slurmArrays';
import {
  answersIn,
  nextSlurmQuestion,
  rememberSlurm,
  slurmDefaults,
  slurmQuestionCount,
  type SlurmDraft,
} from './slurmQuestions';
import { ScriptPreviews } from './scriptPreviews';

/**
 * Commands that run steps on a Slurm cluster.
 * @param show shows what has been sent
 */
export function registerSlurmCommands(
  arrays: SlurmArrays,
  experiments: Experiments,
  state: vscode.Memento,
  show: (file: string, step: string) => Promise<void>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const previews = new ScriptPreviews();
  const registered = registerCommands(
    {
      runOnSlurm: async (argument) => {
        const target = await stepTarget(argument, experiments, 'Run which step on Slurm?', (_, kind) =>
          isRunnable(kind),
        );
        if (!target) return undefined;
        const options = await ask(target, argument, state);
        if (!wasAgreed(argument)) await agree(target, options, arrays, previews);
        await rememberSlurm(state, options);
        const sent = await arrays.send(target.file, target.step, options);
        follow(target, arrays);
        show(target.file, target.step).catch((error: unknown) =>
          log.warn(`the jobs are not shown: ${describeError(error)}`),
        );
        return sent;
      },
      resubmitShards: async (argument) => {
        const target = asStepTarget(argument);
        if (!target) return undefined;
        return resend(target, arrays);
      },
      cancelSlurm: async (argument) => {
        const target = asStepTarget(argument);
        if (target) await arrays.cancel(target.file, target.step);
      },
      openShardLog: async (argument) => {
        const target = asStepTarget(argument);
        if (target) await openLog(target, (argument as { shard?: unknown }).shard);
      },
    },
    log,
  );
  return vscode.Disposable.from(registered, previews);
}

/** Answers that a caller gives in advance are not asked. */
async function ask({ file, step }: StepTarget, argument: unknown, state: vscode.Memento): Promise<ArrayOptions> {
  await saveExperiment(file);
  const divisible = isShardable(kindOf(stepById(await loadExperiment(file), step)));
  const { device } = settings.compute();
  const defaults = slurmDefaults(state, { device, account: settings.slurmAccount() });
  const draft = await askInTurn<SlurmDraft>(
    `Run ${step} on Slurm`,
    { ...answersIn(argument), ...(divisible ? {} : { shards: 1 }) },
    (known) => nextSlurmQuestion(known, defaults, divisible),
    () => slurmQuestionCount(divisible),
  );
  return { ...defaults, ...draft } as ArrayOptions;
}

function wasAgreed(argument: unknown): boolean {
  return ((argument ?? {}) as { agreed?: unknown }).agreed === true;
}

/** Shows the script. @throws CancelledError when it is not to be sent */
async function agree(
  { file, step }: StepTarget,
  options: ArrayOptions,
  arrays: SlurmArrays,
  previews: ScriptPreviews,
): Promise<void> {
  await previews.show(step, await arrays.script(file, step, options));
  const send = 'Send';
  const pieces = options.shards === 1 ? 'one job' : `${options.shards} jobs`;
  const question = `Send this script to Slurm? It runs "${step}" as ${pieces}.`;
  if ((await vscode.window.showInformationMessage(question, send, 'Cancel')) !== send) throw new CancelledError();
}

async function resend({ file, step }: StepTarget, arrays: SlurmArrays): Promise<Sent> {
  const sent = await arrays.resend(file, step);
  if (sent === null) throw new InputError(`no shard of "${step}" has failed`, 'There is nothing to send again.');
  follow({ file, step }, arrays);
  return sent;
}

/** Tells, once the array has ended, which of its shards failed; the tree shows the rest. */
function follow({ file, step }: StepTarget, arrays: SlurmArrays): void {
  const watch = arrays.watch(file, step);
  const subscription = arrays.onDidChange((changed) => {
    if (changed.file === file && changed.step === step) void look();
  });
  let over = false;
  const look = async () => {
    const view = await arrays.view(file, step).catch(() => null);
    if (view?.live || over) return;
    over = true;
    watch.dispose();
    subscription.dispose();
    if (!view || view.failure === null || view.record.cancelled) return;
    const again = 'Resubmit Failed Shards';
    const show = 'Show Log';
    const chosen = await vscode.window.showWarningMessage(view.failure, again, show);
    const [first] = view.shards.filter(({ phase }) => phase === 'failed');
    if (chosen === again) await vscode.commands.executeCommand(commands.resubmitShards, { file, step });
    if (chosen === show) await openLog({ file, step }, first?.shard);
  };
}

/** Of a shard, else of the job that collects them. */
async function openLog({ file, step }: StepTarget, shard: unknown): Promise<void> {
  const { folder } = arrayPaths(placeOf(file, step));
  const log = Number.isInteger(shard) ? shardLog(folder, shard as number) : collectLogOf(file, step);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(log), { preview: true });
  } catch (error) {
    throw new InputError(`there is no log yet (${log})`, 'It is written once the job runs.', { cause: error });
  }
}
