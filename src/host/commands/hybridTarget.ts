import * as vscode from 'vscode';
import { locate } from '../../core/experiment/experimentFile';
import { hybridBriefly } from '../../core/experiment/hybridWords';
import { CancelledError, InputError } from '../../shared/errors';
import { isExperimentFile, type ExperimentEntry, type Experiments } from '../experiments/experiments';
import { parsedDocument, toRange } from '../language/experimentDocuments';
import { MergeDocument } from '../panels/mergeDocument';

/** A hybrid of an experiment file. */
export interface HybridTarget {
  readonly file: string;
  readonly name: string;
}

/** What a tree node or a CodeLens hands to a command. */
export function asHybridTarget(argument: unknown): HybridTarget | undefined {
  const { kind, file, name } = (argument ?? {}) as { kind?: unknown; file?: unknown; name?: unknown };
  const isHybrid = kind === 'hybrid' && typeof file === 'string' && typeof name === 'string';
  return isHybrid ? { file, name } : undefined;
}

/** The experiment file that a command is meant for: of a node, of an address, else of the active editor. */
export function fileOfArgument(argument: unknown): string | undefined {
  const { file } = (argument ?? {}) as { file?: unknown };
  if (typeof file === 'string' && isExperimentFile(file)) return file;
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && isExperimentFile(uri.fsPath) ? uri.fsPath : undefined;
}

/**
 * The hybrid that a command is meant for, else one that the user picks from the file of the active editor or of the
 * workspace.
 * @throws CancelledError when they change their mind, InputError when there is none
 */
export async function hybridTarget(
  argument: unknown,
  experiments: Experiments,
  placeHolder: string,
): Promise<HybridTarget> {
  const given = asHybridTarget(argument);
  if (given) return given;
  const file = fileOfArgument(argument);
  const entries = file === undefined ? await experiments.all() : [await readOpen(file, experiments)];
  const items = entries.flatMap(({ file: path, name: experiment, experiment: read }) =>
    Object.entries(read?.content.hybrids ?? {}).map(([name, spec]) => {
      return { label: name, description: hybridBriefly(spec), detail: experiment, name, file: path };
    }),
  );
  if (items.length === 0) throw new InputError('there is no hybrid', 'Make one with "Frankenstein: New Hybrid…".');
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (!chosen) throw new CancelledError();
  return { file: chosen.file, name: chosen.name };
}

/** A file as its editor has it, where it is open: hybrids that are not saved yet are hybrids too. */
export async function readOpen(file: string, experiments: Experiments): Promise<ExperimentEntry> {
  const entry = await experiments.get(file);
  const { experiment, problem } = await new MergeDocument(file).read();
  return { ...entry, experiment, problem };
}

/** Shows the experiment file with the hybrid's name selected. */
export async function showHybrid({ file, name }: HybridTarget): Promise<void> {
  const editor = await new MergeDocument(file).show();
  const { document } = editor;
  const [from, to] = locate(parsedDocument(document).document, ['hybrids', name], true);
  const range = toRange(document, { from, to });
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
