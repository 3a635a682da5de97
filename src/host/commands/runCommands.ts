import * as vscode from 'vscode';
import { kindOf, locate, optionsOf } from '../../core/experiment/experimentFile';
import { stepOfRun } from '../../core/experiment/runId';
import { isRunnable } from '../../core/experiment/runnableKinds';
import { CancelledError } from '../../shared/errors';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { toRange } from '../language/experimentDocuments';
import type { ResultPanel } from '../panels/resultPanels';
import { registerCommands } from './failable';
import { runAndShow } from './runAndShow';
import { asStepTarget, stepTarget, type StepTarget } from './stepTarget';

/** Commands that run steps and show what came of it. */
export function registerRunCommands(
  runs: Runs,
  experiments: Experiments,
  panels: ResultPanel,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const hasRun = async ({ file, step }: StepTarget) => (await runs.view(file, step)).state !== null;
  const isMine = ({ file, step }: StepTarget) => runs.running().some((run) => run.file === file && run.step === step);

  const run = async (argument: unknown, fresh: boolean) => {
    const target = await stepTarget(argument, experiments, 'Which step?', (_, kind) => isRunnable(kind));
    if (!target) return;
    await runAndShow(target, runs, panels, fresh);
  };

  return registerCommands(
    {
      runStep: (argument) => run(argument, false),
      runAgain: async (argument) => {
        const target = asStepTarget(argument);
        if (target) await run(target, true);
      },
      cancelRun: async (argument) => {
        const target = await stepTarget(argument, experiments, 'Cancel which step?', isMine);
        if (target) runs.cancel(target.file, target.step);
      },
      openResults: async (argument) => {
        const target = await stepTarget(argument, experiments, 'Whose results?', hasRun);
        if (target) await panels.open(target.file, target.step);
      },
      deleteRun: async (argument) => {
        const target = asStepTarget(argument);
        if (!target) return;
        const detail = 'Its rows, summary and log are deleted; they go to the trash where the system has one.';
        const choice = await vscode.window.showWarningMessage(
          `Delete the run "${target.step}"?`,
          { modal: true, detail },
          'Delete',
        );
        if (choice !== 'Delete') throw new CancelledError();
        await runs.delete(target.file, target.step);
      },
      refreshExperiments: () => experiments.refresh(),
      goToStep: async (argument) => {
        const target = asStepTarget(argument);
        if (target) await goToStep(target, experiments);
      },
    },
    log,
  );
}

/** Shows the experiment file with the step's id selected. */
export async function goToStep({ file, step }: StepTarget, experiments: Experiments): Promise<void> {
  const { parsed } = await experiments.get(file);
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document);
  const steps = parsed?.content?.steps ?? [];
  const index = steps.findIndex((candidate) => optionsOf(candidate).id === stepOfRun(step));
  if (index < 0) return;
  const [from, to] = locate(parsed!.document, ['steps', index, kindOf(steps[index]!), 'id'], false);
  const range = toRange(document, { from, to });
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
