/** How arrays of Slurm jobs look in the Experiments tree. */
import * as vscode from 'vscode';
import type { ShardPhase } from '../../core/slurm/arrayState';
import { jobsOf } from '../../core/slurm/arrayRecord';
import { commands } from '../ids';
import type { ArrayView } from '../slurm/slurmArrays';
import { arrayDescription, shardDescription } from './describeArray';
import type { ArrayNode, ShardNode } from './experimentNodes';
import { tooltip } from './tooltip';

const icons: Readonly<Record<ShardPhase, readonly [icon: string, colour: string]>> = {
  pending: ['clock', 'charts.blue'],
  running: ['sync~spin', 'charts.blue'],
  finished: ['check', 'charts.green'],
  failed: ['error', 'list.errorForeground'],
  cancelled: ['debug-pause', 'charts.yellow'],
};

/** @param array null when it was deleted meanwhile, an error when it cannot be read */
export function arrayItem(node: ArrayNode, array: ArrayView | null | Error): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  if (array === null || array instanceof Error) {
    const item = new vscode.TreeItem('Slurm', None);
    item.description = array?.message ?? 'deleted';
    item.iconPath = icon('failed');
    return item;
  }
  const { record, problem, failure, live } = array;
  const item = new vscode.TreeItem(`Slurm job ${record.submissions.at(-1)?.job ?? ''}`, Collapsed);
  item.id = `${node.file}\n${node.step}\narray`;
  item.description = arrayDescription(array);
  item.iconPath = arrayIcon(array);
  const { partition, time, memory, cpus, gpus } = record.options;
  item.tooltip = tooltip(
    item.description,
    [
      ['Jobs', jobsOf(record).join(', ')],
      ['Sent', record.submissions.at(-1)?.time],
      ['Partition', partition],
      ['Time', time],
      ['Memory', memory],
      ['CPUs', cpus?.toString()],
      ['GPUs', gpus === 0 ? null : String(gpus)],
    ],
    [failure, problem && `Slurm does not answer: ${problem}`].filter((text) => text !== null),
  );
  item.contextValue = ['array', live && 'live', worstOf(array) && 'failed'].filter(Boolean).join(' ');
  item.accessibilityInformation = { label: `${String(item.label)}, ${item.description}` };
  return item;
}

export function shardItem(node: ShardNode, array: ArrayView | null | Error): vscode.TreeItem {
  const item = new vscode.TreeItem(`Shard ${node.shard}`, vscode.TreeItemCollapsibleState.None);
  const state = array instanceof Error ? undefined : array?.shards[node.shard];
  if (!state || !array || array instanceof Error) return item;
  item.id = `${node.file}\n${node.step}\narray\n${node.shard}`;
  item.description = shardDescription(state, array);
  item.iconPath = icon(state.phase);
  item.tooltip = tooltip(`Shard ${node.shard}`, [
    ['State', item.description],
    ['Job', `${state.job}_${node.shard}`],
  ]);
  item.contextValue = 'shard';
  item.command = { command: commands.openShardLog, title: 'Open Log', arguments: [node] };
  item.accessibilityInformation = { label: `shard ${node.shard}, ${item.description}` };
  return item;
}

/** What the array as a whole does, or how it ended. */
export function arrayIcon(array: ArrayView): vscode.ThemeIcon {
  const waits = !array.collecting && array.shards.every(({ phase }) => phase === 'pending' || phase === 'finished');
  return icon(array.live ? (waits ? 'pending' : 'running') : (worstOf(array) ?? 'finished'));
}

function worstOf({ shards }: ArrayView): 'failed' | 'cancelled' | undefined {
  return (['failed', 'cancelled'] as const).find((phase) => shards.some((shard) => shard.phase === phase));
}

function icon(phase: ShardPhase): vscode.ThemeIcon {
  const [name, colour] = icons[phase];
  return new vscode.ThemeIcon(name, new vscode.ThemeColor(colour));
}
