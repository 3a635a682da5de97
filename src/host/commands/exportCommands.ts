import path from 'node:path';
import * as vscode from 'vscode';
import { exportRuns, type ExportFormat } from '../../core/export/exportRuns';
import { runPathsIn } from '../../core/experiment/runFolder';
import { runsDirectory } from '../../core/experiment/experiment';
import { reportPage } from '../../core/experiment/report/reportPage';
import { readReportRuns } from '../../core/experiment/report/reportRun';
import { writeFileAtomic } from '../../core/files/atomicWrite';
import { ensureFolder } from '../../core/files/folders';
import { CancelledError } from '../../shared/errors';
import { experimentName, type Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { noParquet } from '../panels/datasetItems';
import { registerCommands } from './failable';
import { asStepTarget, stepTarget, type StepTarget } from './stepTarget';

/** What an export becomes: files in a folder, or one page. */
type Choice = vscode.QuickPickItem & { readonly format: ExportFormat | 'report' | 'wholeReport' };

const choices: readonly Choice[] = [
  { format: 'csv', label: 'Tables', description: 'CSV, all numbers of this run' },
  { format: 'matplotlib', label: 'Matplotlib scripts', description: 'every figure as a Python script with its data' },
  { format: 'authors', label: 'Authors’ files', description: 'in the format of the paper’s own scripts' },
  { format: 'report', label: 'Report', description: 'an HTML page about this run that stands alone' },
  { format: 'wholeReport', label: 'Report of the experiment', description: 'an HTML page about all of its runs' },
];

/**
 * *Export Results*: of a tree node's run, of the panel that is looked at, else of one that the user picks.
 * @param shown the run whose panel has the focus
 */
export function registerExportCommands(
  runs: Runs,
  experiments: Experiments,
  shown: () => StepTarget | undefined,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const hasRun = async ({ file, step }: StepTarget) => (await runs.view(file, step)).state !== null;
  return registerCommands(
    {
      exportResults: async (argument) => {
        const target =
          asStepTarget(argument) ?? shown() ?? (await stepTarget(undefined, experiments, 'Whose results?', hasRun));
        if (!target) return;
        const title = `Export the results of ${target.step}`;
        const choice = await vscode.window.showQuickPick(choices, { title, placeHolder: 'As what?' });
        if (!choice) throw new CancelledError();
        const { format } = choice;
        if (format === 'report') await saveReport(target, false);
        else if (format === 'wholeReport') await saveReport(target, true);
        else await saveFiles(target, format, log);
      },
    },
    log,
  );
}

function folderOf({ file, step }: StepTarget): string {
  return runPathsIn(runsDirectory(file), step).folder;
}

async function saveReport(target: StepTarget, whole: boolean): Promise<void> {
  const { file, step } = target;
  const name = whole ? experimentName(file) : `${experimentName(file)}-${step}`;
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(path.dirname(file), `${name}.html`)),
    filters: { 'Web page': ['html'] },
  });
  if (!uri) throw new CancelledError();
  const runs = await readReportRuns(whole ? runsDirectory(file) : folderOf(target));
  await vscode.workspace.fs.writeFile(uri, Buffer.from(reportPage(name, runs)));
  await offerToShow(uri, `The report is ${path.posix.basename(uri.path)}.`);
}

async function saveFiles(target: StepTarget, format: ExportFormat, log: vscode.LogOutputChannel): Promise<void> {
  const warn = (text: string) => log.warn(`export of ${target.step}: ${text}`);
  // All of them, before a folder is asked for and the first is written.
  const files = await exportRuns(folderOf(target), format, { warn, parquet: noParquet });
  const chosen = await vscode.window.showOpenDialog({
    title: `A folder for ${files.length} files`,
    defaultUri: vscode.Uri.file(path.dirname(target.file)),
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: 'Export Here',
  });
  const folder = chosen?.[0];
  if (!folder) throw new CancelledError();
  for (const { name, content } of files) {
    const file = path.join(folder.fsPath, name);
    await ensureFolder(path.dirname(file));
    await writeFileAtomic(file, content);
  }
  await offerToShow(folder, `${files.length} files are in ${path.basename(folder.fsPath)}.`);
}

async function offerToShow(uri: vscode.Uri, message: string): Promise<void> {
  const show = 'Show';
  if ((await vscode.window.showInformationMessage(message, show)) === show) {
    await vscode.commands.executeCommand('revealFileInOS', uri);
  }
}
