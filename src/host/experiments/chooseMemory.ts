import * as vscode from 'vscode';
import { setStepOption } from '../../core/experiment/hybridEdits';
import type { InputError } from '../../shared/errors';
import type { MemoryChoice } from '../../shared/memoryChoices';
import type { RunParams } from '../../shared/protocol/engine';
import { MergeDocument } from '../panels/mergeDocument';

/**
 * Asks what to do about a step that does not fit in memory. A smaller batch is written into the experiment file,
 * which is not saved yet.
 * @returns what to run it with instead, null when the user leaves it
 */
export async function chooseMemory(
  { message, choices }: InputError,
  { file, step }: Pick<RunParams, 'file' | 'step'>,
): Promise<Partial<RunParams> | null> {
  const titles = new Map(choices.map((choice) => [titleOf(choice), choice]));
  const picked = await vscode.window.showWarningMessage(
    `The step "${step}" does not fit in memory.`,
    { modal: true, detail: `${message}.` },
    ...titles.keys(),
  );
  const choice = picked === undefined ? undefined : titles.get(picked);
  if (!choice) return null;
  if (choice.kind === 'cpu') return { device: 'cpu' };
  if (choice.kind === 'stream') return { asksBeforeStreaming: false };
  await new MergeDocument(file).edit((text) => setStepOption(text, step, 'batch', choice.batch));
  return {};
}

function titleOf(choice: MemoryChoice): string {
  switch (choice.kind) {
    case 'batch':
      return `Set "batch" to ${choice.batch}`;
    case 'stream':
      return 'Stream Layers from Disk';
    case 'cpu':
      return 'Run on the CPU';
  }
}
