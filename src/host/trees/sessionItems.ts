/** How the nodes of the Sessions tree look. */
import * as vscode from 'vscode';
import { bytes, duration } from '../../shared/format';
import type { EngineStanding, SessionState } from '../../shared/protocol/sessions';
import type { EngineClient } from '../engineClient';
import { settings } from '../settings';
import { tooltip } from './tooltip';

export type SessionsNode = EngineNode | SessionNode;

/** The engine process of this window. */
export interface EngineNode {
  readonly kind: 'engine';
  readonly standing: EngineStanding;
}

/** A graph that the engine has loaded. */
export interface SessionNode {
  readonly kind: 'session';
  readonly state: SessionState;
  readonly parent: EngineNode;
}

/** @param now in milliseconds since 1970 */
export function engineItem({ standing }: EngineNode, work: EngineClient['work'], now: number): vscode.TreeItem {
  const { pid, node, onnxruntime, resident, sessions } = standing;
  // Expanded before it has any: VS Code keeps a node that had no children collapsed.
  const item = new vscode.TreeItem('Engine', vscode.TreeItemCollapsibleState.Expanded);
  const idle = work.busy ? 'at work' : `idle for ${duration((now - work.idleSince) / 1000)}`;
  const minutes = settings.idleMinutes();
  item.id = `engine ${pid}`;
  item.description = [idle, bytes(resident), `pid ${pid}`].join(' · ');
  item.iconPath = new vscode.ThemeIcon('server-process', work.busy ? new vscode.ThemeColor('charts.blue') : undefined);
  item.tooltip = tooltip('Engine', [
    ['State', idle],
    ['Ends', minutes > 0 ? `after ${duration(60 * minutes)} without work` : 'when the window closes'],
    ['Process', String(pid)],
    ['Memory', `${bytes(resident)}, weights that were read included`],
    ['Sessions', `${sessions.length}, which map ${bytes(weightsOf(sessions))} of weights`],
    ['ONNX Runtime', onnxruntime],
    ['Node', node],
  ]);
  item.contextValue = 'engine';
  item.accessibilityInformation = {
    label: `engine, ${idle}, ${bytes(resident)} of memory, process ${pid}, ${counted(sessions.length, 'session')}`,
  };
  return item;
}

/** @param now in milliseconds since 1970 */
export function sessionItem({ state, parent }: SessionNode, now: number): vscode.TreeItem {
  const { id, graph, device, weights, since, runs, lastRun } = state;
  const item = new vscode.TreeItem(graph, vscode.TreeItemCollapsibleState.None);
  const ran = lastRun === null ? 'not run yet' : `${counted(runs, 'run')}, the last ${ago(now - lastRun)}`;
  item.id = `session ${parent.standing.pid} ${id}`;
  // In a narrow sidebar the end is cut off.
  item.description = [device, bytes(weights), lastRun === null ? ran : ago(now - lastRun)].join(' · ');
  item.iconPath = new vscode.ThemeIcon('circuit-board');
  item.tooltip = tooltip(graph, [
    ['Device', device],
    ['Weights', `${bytes(weights)}, mapped from their files`],
    ['Loaded', ago(now - since)],
    ['Runs', String(runs)],
    ['Last run', lastRun === null ? 'none yet' : ago(now - lastRun)],
  ]);
  item.contextValue = 'session';
  item.accessibilityInformation = { label: `session ${graph}, ${device}, ${bytes(weights)} of weights, ${ran}` };
  return item;
}

function weightsOf(sessions: readonly SessionState[]): number {
  return sessions.reduce((sum, { weights }) => sum + weights, 0);
}

function ago(milliseconds: number): string {
  return milliseconds < 1000 ? 'just now' : `${duration(milliseconds / 1000)} ago`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
