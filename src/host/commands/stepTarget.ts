import * as vscode from 'vscode';
import { kindOf, optionsOf } from '../../core/experiment/experimentFile';
import type { StepKind } from '../../core/experiment/schema';
import { InputError } from '../../shared/errors';
import { isExperimentFile, type Experiments } from '../experiments/experiments';

/** A step, or a run of it that was set aside. */
export interface StepTarget {
  readonly file: string;
  readonly step: string;
}

/** What a tree node or a CodeLens hands to a command. */
export function asStepTarget(argument: unknown): StepTarget | undefined {
  const { file, step } = (argument ?? {}) as Partial<StepTarget>;
  return typeof file === 'string' && typeof step === 'string' ? { file, step } : undefined;
}

/**
 * The step a command is meant for: its argument, else one the user picks from the file of the active editor (or of the
 * workspace).
 * @param accepts which steps may be picked
 * @returns undefined when the user changes their mind
 */
export async function stepTarget(
  argument: unknown,
  experiments: Experiments,
  placeHolder: string,
  accepts: (target: StepTarget, kind: StepKind) => Promise<boolean> | boolean = () => true,
): Promise<StepTarget | undefined> {
  const given = asStepTarget(argument);
  if (given) return given;
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  const entries = uri && isExperimentFile(uri.fsPath) ? [await experiments.get(uri.fsPath)] : await experiments.all();
  const broken = entries.find(({ experiment }) => experiment === null);
  if (broken && entries.length === 1) throw new InputError(`${broken.file}: ${broken.problem}`);

  const items: (vscode.QuickPickItem & { target: StepTarget })[] = [];
  for (const { file, name, experiment } of entries) {
    for (const step of experiment?.content.steps ?? []) {
      const target = { file, step: optionsOf(step).id };
      const kind = kindOf(step);
      if (!(await accepts(target, kind))) continue;
      items.push({ label: target.step, description: `${kind} · ${name}`, target });
    }
  }
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no such step in the experiment files of this workspace.');
    return undefined;
  }
  const picked = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder });
  return picked?.target;
}
