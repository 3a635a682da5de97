/** How hybrids, and what is inside of them, look in the Checkpoints tree. */
import * as vscode from 'vscode';
import type { OutlineNode } from '../../core/checkpoint/outline';
import { hybridBriefly } from '../../core/experiment/hybridWords';
import type { Hybrid } from '../../core/merge/hybrid';
import { bytes } from '../../shared/format';
import type { HybridNode } from './checkpointNodes';
import type { HybridReading } from './hybridReadings';
import { tooltip } from './tooltip';

const icon = new vscode.ThemeIcon('git-merge', new vscode.ThemeColor('charts.purple'));
const brokenIcon = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));

/** Unique among the nodes of the tree. */
export function hybridId({ file, name }: HybridNode): string {
  return `${file}\n${name}`;
}

/** @param reading null while it is being read */
export function hybridItem(node: HybridNode, reading: HybridReading | null): vscode.TreeItem {
  const { name, spec, file, hint } = node;
  const recipe = hybridBriefly(spec);
  const broken = reading?.kind === 'broken' ? reading.message : null;
  const isOpen = reading === null || reading.kind === 'opened';
  const { Collapsed: collapsed, None: none } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, isOpen ? collapsed : none);
  item.id = hybridId(node);
  item.description = ['virtual', recipe, broken, hint].filter(Boolean).join(' · ');
  item.iconPath = broken === null ? icon : brokenIcon;
  item.contextValue = broken === null ? 'hybrid' : 'hybrid broken';
  const table =
    reading?.kind === 'opened' ? [...reading.table, ['Size when written', sizeOf(reading.hybrid)] as const] : [];
  const facts = [['Hybrid of', file] as const, ...table];
  item.tooltip = tooltip(name, facts, broken === null ? [] : [broken]);
  const spoken = broken === null ? recipe : `cannot be put together, ${broken}`;
  item.accessibilityInformation = { label: `${name}, hybrid, ${spoken}` };
  return item;
}

/** The donors of what a node holds, those of most tensors first: `rl`, or `in, rl`. Null where it holds none. */
export function donorsInside(node: OutlineNode, { donorOf }: Hybrid): string | null {
  const counts = new Map<string, number>();
  const count = (inner: OutlineNode): void => {
    if (inner.kind !== 'tensor') return inner.children.forEach(count);
    const donor = donorOf.get(inner.entry.canonicalName)!;
    counts.set(donor, (counts.get(donor) ?? 0) + 1);
  };
  count(node);
  const donors = [...counts].sort(([, a], [, b]) => b - a).map(([donor]) => donor);
  return donors.length === 0 ? null : donors.join(', ');
}

function sizeOf({ tensors }: Hybrid): string {
  return bytes([...tensors.values()].reduce((sum, { length }) => sum + length, 0));
}
