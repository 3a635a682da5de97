import path from 'node:path';
import { describeError, InputError } from '../../shared/errors';
import { readReportRuns, type ReportRun } from '../experiment/report/reportRun';
import { authorsCompare } from './authorsCompare';
import { authorsSwap } from './authorsSwap';
import { compareTables } from './compareTables';
import type { ExportedFile } from './exportedFile';
import { swapTables } from './swapTables';

/** `csv`: tables; `authors`: the files of the paper's scripts, in their format. */
export const exportFormats = ['csv', 'authors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

type Warn = (text: string) => void;
type Exporter = (run: ReportRun, warn: Warn) => Promise<ExportedFile[] | null> | ExportedFile[] | null;

/** The kinds of runs that can be exported, and how. */
const exporters: Readonly<Record<ExportFormat, Readonly<Record<string, Exporter>>>> = {
  csv: { swap: swapTables, compare: compareTables },
  authors: { swap: authorsSwap, compare: authorsCompare },
};

/**
 * The files of a run, or of all in a folder of runs (`NAME.runs`). The authors' files, whose names are the same for
 * every run, go into a sub-folder per run there.
 * @param warn told what is left out: in a folder of runs also those that cannot be exported
 * @throws InputError when the folder is no run, or nothing of it can be exported
 */
export async function exportRuns(folder: string, format: ExportFormat, warn: Warn): Promise<ExportedFile[]> {
  const runs = await readReportRuns(folder);
  const [only] = runs;
  if (only!.folder === path.resolve(folder)) return exportRun(only!, format, warn);
  const files: ExportedFile[] = [];
  const problems: unknown[] = [];
  for (const run of runs) {
    try {
      const own = await exportRun(run, format, warn);
      files.push(...(format === 'csv' ? own : own.map((file) => ({ ...file, name: `${run.id}/${file.name}` }))));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
    }
  }
  if (files.length === 0) throw problems[0];
  for (const problem of problems) warn(`left out: ${describeError(problem)}`);
  return files;
}

async function exportRun(run: ReportRun, format: ExportFormat, warn: Warn): Promise<ExportedFile[]> {
  const { kind } = run.manifest;
  const known = exporters[format];
  if (!Object.hasOwn(known, kind)) {
    throw new InputError(
      `the run "${run.id}" is of the kind ${kind}, which cannot be exported as ${format}`,
      `Runs of ${Object.keys(known).join(' and ')} can be.`,
    );
  }
  const files = await known[kind]!(run, warn);
  if (files) return files;
  throw new InputError(`the manifest of the run "${run.id}" does not say what of ${kind} was done`, 'Run it anew.');
}
