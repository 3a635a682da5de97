import path from 'node:path';
import { describeError, InputError } from '../../shared/errors';
import { readReportRuns, type ReportRun } from '../experiment/report/reportRun';
import { ablateTables } from './ablateTables';
import { attentionTables } from './attentionTables';
import { authorsAblate } from './authorsAblate';
import { authorsCompare } from './authorsCompare';
import { authorsEvaluate } from './authorsEvaluate';
import { authorsSwap } from './authorsSwap';
import { compareTables } from './compareTables';
import { evaluateTables } from './evaluateTables';
import type { ExportedFile, ExportTools } from './exportedFile';
import { ablateFigures } from './matplotlib/ablateFigures';
import { attentionFigures } from './matplotlib/attentionFigures';
import { compareFigures } from './matplotlib/compareFigures';
import { evaluateFigures } from './matplotlib/evaluateFigures';
import { swapFigures } from './matplotlib/swapFigures';
import { trainFigures } from './matplotlib/trainFigures';
import { swapTables } from './swapTables';
import { trainTables } from './trainTables';

/**
 * `csv`: tables; `authors`: the files of the paper's scripts, in their format; `matplotlib`: every figure as a Python
 * script with its data beside it.
 */
export const exportFormats = ['csv', 'authors', 'matplotlib'] as const;
export type ExportFormat = (typeof exportFormats)[number];

type Exporter = (run: ReportRun, tools: ExportTools) => Promise<ExportedFile[] | null> | ExportedFile[] | null;

/** The kinds of runs that can be exported, and how. */
const exporters: Readonly<Record<ExportFormat, Readonly<Record<string, Exporter>>>> = {
  csv: {
    swap: swapTables,
    compare: compareTables,
    evaluate: evaluateTables,
    ablate: ablateTables,
    attention: attentionTables,
    train: trainTables,
  },
  authors: { swap: authorsSwap, compare: authorsCompare, evaluate: authorsEvaluate, ablate: authorsAblate },
  matplotlib: {
    swap: swapFigures,
    compare: compareFigures,
    evaluate: evaluateFigures,
    ablate: ablateFigures,
    attention: attentionFigures,
    train: trainFigures,
  },
};

/**
 * The files of a run, or of all in a folder of runs (`NAME.runs`). The authors' files, whose names are the same for
 * every run, go into a sub-folder per run there.
 * @param tools `warn` is told in a folder of runs also of those that cannot be exported
 * @throws InputError when the folder is no run, or nothing of it can be exported
 */
export async function exportRuns(folder: string, format: ExportFormat, tools: ExportTools): Promise<ExportedFile[]> {
  const runs = await readReportRuns(folder);
  const [only] = runs;
  if (only!.folder === path.resolve(folder)) return exportRun(only!, format, tools);
  const files: ExportedFile[] = [];
  const problems: unknown[] = [];
  for (const run of runs) {
    try {
      const own = await exportRun(run, format, tools);
      files.push(...(format === 'authors' ? own.map((file) => ({ ...file, name: `${run.id}/${file.name}` })) : own));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
    }
  }
  if (files.length === 0) throw problems[0];
  for (const problem of problems) tools.warn(`left out: ${describeError(problem)}`);
  return files;
}

async function exportRun(run: ReportRun, format: ExportFormat, tools: ExportTools): Promise<ExportedFile[]> {
  const { kind } = run.manifest;
  const known = exporters[format];
  if (!Object.hasOwn(known, kind)) {
    throw new InputError(
      `the run "${run.id}" is of the kind ${kind}, which cannot be exported as ${format}`,
      `Runs of ${listOf(Object.keys(known))} can be.`,
    );
  }
  const files = await known[kind]!(run, tools);
  if (files) return files;
  throw new InputError(`the manifest of the run "${run.id}" does not say what of ${kind} was done`, 'Run it anew.');
}

/** "swap, compare and evaluate" */
function listOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');
}
