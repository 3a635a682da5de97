/** How the nodes of the Experiments tree look. */
import path from 'node:path';
import * as vscode from 'vscode';
import { isRunnable } from '../../core/experiment/runnableKinds';
import type { RunState } from '../../shared/protocol/run';
import type { RunView } from '../experiments/runs';
import type { ArrayView } from '../slurm/slurmArrays';
import { commands } from '../ids';
import { arrayIcon } from './arrayItems';
import { arrayDescription } from './describeArray';
import { describeRun, subjectOf } from './describeRun';
import { progressOf } from './runProgress';
import type { ExperimentNode, RunNode, StepNode } from './experimentNodes';
import { tooltip } from './tooltip';

const icons: Readonly<Record<RunState, readonly [icon: string, colour?: string]>> = {
  queued: ['clock', 'charts.blue'],
  preparing: ['sync~spin', 'charts.blue'],
  running: ['sync~spin', 'charts.blue'],
  interrupted: ['debug-pause', 'charts.yellow'],
  cancelled: ['debug-pause', 'charts.yellow'],
  failed: ['error', 'list.errorForeground'],
  finished: ['check', 'charts.green'],
};

export function experimentItem({ file, entry }: ExperimentNode): vscode.TreeItem {
  const { name, problem } = entry;
  const steps = entry.experiment?.content.steps.length ?? 0;
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, steps > 0 ? Expanded : None);
  const folder = folderOf(file);
  const state = problem ?? (steps === 0 ? 'no steps' : null);
  item.id = file;
  item.description = [folder, state].filter(Boolean).join(' · ');
  item.iconPath = problem === null ? new vscode.ThemeIcon('beaker') : icon('error', 'list.errorForeground');
  item.tooltip = tooltip(name, [['File', file]], problem === null ? [] : [problem]);
  item.contextValue = 'experiment';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(file)] };
  const spoken = problem === null ? (state ?? `${steps} steps`) : `has an error: ${problem}`;
  item.accessibilityInformation = { label: [`experiment ${name}`, folder, spoken].filter(Boolean).join(', ') };
  return item;
}

/**
 * @param array what the step was sent to Slurm as, or why that cannot be read
 * @param setAside whether the step has earlier runs
 */
export function stepItem(
  node: StepNode,
  run: RunView,
  array: ArrayView | null | Error,
  setAside: boolean,
): vscode.TreeItem {
  const { step, stepKind, content } = node;
  const runnable = isRunnable(stepKind);
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(step, setAside || array ? Collapsed : None);
  const ownState = run.state === null && !runnable ? 'this version cannot run it yet' : describeRun(run);
  const jobs = array && !(array instanceof Error) && array.live ? array : null;
  const state = jobs ? `on Slurm: ${arrayDescription(jobs)}` : ownState;
  // How far it is comes first: in a narrow sidebar the end is cut off.
  const details = [stepKind, state, subjectOf(content)];
  item.id = `${node.file}\n${step}`;
  item.description = details.join(' · ');
  const ownIcon = run.state ? icon(...icons[run.state]) : icon(runnable ? 'circle-outline' : 'circle-slash');
  item.iconPath = jobs ? arrayIcon(jobs) : ownIcon;
  item.tooltip = runTooltip(step, run, state);
  item.contextValue = traits('step', run, runnable && !jobs);
  const open = run.snapshot !== null || run.mine;
  item.command = open
    ? { command: commands.openResults, title: 'Open Results', arguments: [node] }
    : { command: commands.goToStep, title: 'Go to Step', arguments: [node] };
  item.accessibilityInformation = { label: [`step ${step}`, ...details].join(', ') };
  return item;
}

export function runItem(node: RunNode, run: RunView): vscode.TreeItem {
  const item = new vscode.TreeItem(node.step, vscode.TreeItemCollapsibleState.None);
  const started = run.snapshot && startedAt(run);
  const details = [describeRun(run), started].filter((detail) => detail !== null);
  item.id = `${node.file}\n${node.step}`;
  item.description = details.join(' · ');
  item.iconPath = icon('history');
  item.tooltip = runTooltip(node.step, run, describeRun(run));
  item.contextValue = traits('run', run, false);
  item.command = { command: commands.openResults, title: 'Open Results', arguments: [node] };
  item.accessibilityInformation = { label: [`earlier run ${node.step}`, ...details].join(', ') };
  return item;
}

/** Words that the manifest's `viewItem` patterns look for, in their order. A step that runs cannot be started. */
function traits(kind: 'step' | 'run', run: RunView, runnable: boolean): string {
  const free = !run.mine && !run.snapshot?.holder;
  const words = [kind, runnable && free && 'runnable', run.mine && 'active', run.snapshot && 'hasRun'];
  return words.filter(Boolean).join(' ');
}

function runTooltip(name: string, run: RunView, state: string): vscode.MarkdownString {
  const progress = progressOf(run);
  const manifest = run.snapshot?.manifest;
  const options = Object.entries(manifest?.options ?? {}).map(([key, value]) => [key, shown(value)] as const);
  return tooltip(
    name,
    [
      ['State', state],
      ['Done', progress && `${progress.done} of ${progress.total} ${progress.unit}`],
      ['Started', manifest && startedAt(run)],
      ['Device', manifest?.device],
      ...options,
    ],
    run.message === null ? [] : [run.message],
  );
}

function startedAt({ snapshot }: RunView): string | null {
  const started = new Date(snapshot?.manifest.started ?? NaN);
  return Number.isNaN(started.getTime()) ? null : started.toLocaleString();
}

const longestOption = 80;

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.length > longestOption ? `${text.slice(0, longestOption)}…` : text;
}

function icon(name: string, colour?: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

/** The folder that holds the file, as seen from its workspace folder; empty for that folder itself. */
function folderOf(file: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  if (!folder) return path.dirname(file);
  const inside = path.relative(folder.uri.fsPath, path.dirname(file)).split(path.sep).join('/');
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  return several ? [folder.name, inside].filter(Boolean).join('/') : inside;
}
