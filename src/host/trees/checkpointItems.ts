/** How the nodes of the Checkpoints tree look. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Inspection } from '../../core/checkpoint/inspect';
import type { OutlineNode } from '../../core/checkpoint/outline';
import type { TensorEntry } from '../../core/checkpoint/checkpoint';
import { describeDifference } from '../../core/checkpoint/sidecarWords';
import { bytes, quantity } from '../../shared/format';
import {
  componentTitles,
  partTitles,
  regionTitles,
  roleTitles,
  type LayerRange,
  type Part,
  type Role,
} from '../../shared/vocabulary';
import type { ChainDifferences } from './chainDifferences';
import type { Headers } from './checkpointHeaders';
import type { CacheNode, CheckpointNode, InnerNode } from './checkpointNodes';
import { heatUri } from './heatDecorations';
import { hybridId } from './hybridItems';
import { tooltip } from './tooltip';
import { heatKey, movedBriefly, movedInWords, type Heat } from './updateHeat';

const roleIcons: Readonly<Record<Role, vscode.ThemeIcon>> = {
  base: new vscode.ThemeIcon('database', new vscode.ThemeColor('charts.blue')),
  in: new vscode.ThemeIcon('mortar-board', new vscode.ThemeColor('charts.orange')),
  rl: new vscode.ThemeIcon('target', new vscode.ThemeColor('charts.green')),
};
const plannedIcon = new vscode.ThemeIcon('circle-outline');
const brokenIcon = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));

const partIcons: Readonly<Record<Part, string>> = {
  vision: 'eye',
  projector: 'combine',
  embeddings: 'symbol-string',
  languageModel: 'layers',
  head: 'output',
};

/** In tooltips, of what a node's badge says. */
const comparedTitle = 'Last comparison';

/**
 * All but the tooltip: VS Code asks the tree for it when the pointer rests on the item.
 * @param headers null while they are being read
 */
export function checkpointItem(node: CheckpointNode, headers: Headers | null): vscode.TreeItem {
  const { directory, name, role, hint, addedBy, writtenBy } = node;
  const broken = headers?.kind === 'broken';
  const planned = broken && headers.absent && writtenBy !== null;
  const state = broken ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(name, state);
  const roleTitle = role && roleTitles[role];
  const message = planned ? `the step "${writtenBy}" writes it` : broken ? inside(directory, headers.message) : '';
  const size = headers === null ? ['reading…'] : broken ? [message] : sizes(headers.inspection);
  item.id = directory;
  item.description = [roleTitle, hint, ...size].filter(Boolean).join(' · ');
  const usualIcon = role ? roleIcons[role] : new vscode.ThemeIcon('package');
  item.iconPath = planned ? plannedIcon : broken ? brokenIcon : usualIcon;
  item.contextValue = addedBy === null ? 'checkpoint' : 'checkpoint added';
  const spoken = planned ? ['not there yet', message] : broken ? ['cannot be opened', headers.message] : size;
  const parts = [name, roleTitle ? `role ${roleTitle}` : 'checkpoint', hint, ...spoken];
  item.accessibilityInformation = { label: parts.filter(Boolean).join(', ') };
  return item;
}

/** A message without the folder that the node stands for: in a narrow sidebar it would be all one sees. */
function inside(directory: string, message: string): string {
  return message
    .replaceAll(directory + path.sep, '')
    .replaceAll(`${directory}: `, '')
    .replaceAll(`${directory} `, '');
}

function sizes({ family, parameters, bytes: length }: Inspection): string[] {
  return [family, quantity(parameters), bytes(length)];
}

/** @param sidecars what the side files have otherwise than those of the chain's first */
export function checkpointTooltip(
  node: CheckpointNode,
  headers: Headers | null,
  sidecars: ChainDifferences | null,
): vscode.MarkdownString {
  const { name, directory, role, experiments, addedBy } = node;
  const place = [
    ['Folder', directory],
    ['Role', role && roleTitles[role]],
    ['Named in', experiments.join(', ')],
    ['Found through', addedBy],
  ] as const;
  if (headers === null) return tooltip(name, place);
  if (headers.kind === 'broken') return tooltip(name, place, [headers.message]);
  const { checkpoint, inspection } = headers;
  const { family, parameters, bytes: length, dtypes, numLayers, visionLayers, tied } = inspection;
  const { shards, tensors, warnings, config } = checkpoint;
  return tooltip(
    name,
    [
      ...place,
      ['Family', family],
      ['Parameters', `${quantity(parameters)} (${parameters.toLocaleString('en')})`],
      ['Size', bytes(length)],
      [
        'Element types',
        Object.entries(dtypes)
          .map(([dtype, count]) => `${dtype} (${count} tensors)`)
          .join(', '),
      ],
      [
        'Layers',
        [`${numLayers} of the language model`, visionLayers > 0 && `${visionLayers} of the vision tower`]
          .filter(Boolean)
          .join(', '),
      ],
      ['Head', tied ? 'tied to the embeddings' : 'of its own'],
      ['Tensors', `${tensors.size} in ${shards.length === 1 ? '1 file' : `${shards.length} files`}`],
    ],
    [
      ...config.unsupported.map((reason) => `It cannot be run: ${reason}`),
      ...warnings,
      ...(sidecars?.differences ?? []).map((each) => `Differs from ${sidecars!.first}: ${describeDifference(each)}`),
    ],
  );
}

export function cacheItem({ children }: CacheNode): vscode.TreeItem {
  const item = new vscode.TreeItem('Hugging Face cache', vscode.TreeItemCollapsibleState.Collapsed);
  const count = children.length === 1 ? '1 checkpoint' : `${children.length} checkpoints`;
  item.id = 'cache';
  item.description = count;
  item.iconPath = new vscode.ThemeIcon('archive');
  item.contextValue = 'cache';
  item.accessibilityInformation = { label: `Hugging Face cache, ${count}` };
  return item;
}

/** A node of the inside of a hybrid or checkpoint as the tree tells it apart. */
function innerId({ checkpoint, id }: InnerNode): string {
  const owner = checkpoint.kind === 'hybrid' ? hybridId(checkpoint) : checkpoint.directory;
  return `${owner}\n${id}`;
}

/**
 * @param heat how much it moved in the last comparison
 * @param donors of what it holds, inside a hybrid
 */
export function innerItem(node: InnerNode, heat?: Heat, donors?: string | null): vscode.TreeItem {
  const leaf = node.children.length === 0;
  const state = leaf ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  const title = titleOf(node);
  const item = new vscode.TreeItem(title, state);
  const details = [...(donors ? [donors] : []), ...(heat ? [movedBriefly(heat)] : []), ...detailsOf(node)];
  item.id = innerId(node);
  item.description = details.join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOf(node));
  item.contextValue = node.kind;
  const moved = heat && movedInWords(heat);
  if (node.kind === 'tensor') item.tooltip = tensorTooltip(node.entry, moved, donors);
  else if (moved !== undefined) item.tooltip = tooltip(title, [[comparedTitle, moved]]);
  const { checkpoint } = node;
  // What its badge hangs on.
  if (heat && checkpoint.kind === 'checkpoint') item.resourceUri = heatUri(checkpoint.directory, heatKey(node));
  const spoken = node.kind === 'tensor' ? `tensor ${node.name}` : title;
  item.accessibilityInformation = { label: [spoken, ...details].join(', ') };
  return item;
}

function titleOf(node: OutlineNode): string {
  switch (node.kind) {
    case 'part':
      return node.part === null ? 'Other' : partTitles[node.part];
    case 'region':
      return regionTitles[node.region];
    case 'layer':
      return `Layer ${node.layer}`;
    case 'component':
      return componentTitles[node.component];
    case 'tensor':
      return node.label;
  }
}

function detailsOf(node: OutlineNode): string[] {
  if (node.kind === 'part' && node.tied) return ['tied to the embeddings'];
  const size = [quantity(node.parameters), bytes(node.bytes)];
  if (node.kind === 'region') return [layersOf(node.range), ...size];
  if (node.kind !== 'tensor') return size;
  return [node.entry.dtype, shapeOf(node.entry), bytes(node.bytes)];
}

function layersOf([from, to]: LayerRange): string {
  return to - from === 1 ? `layer ${from}` : `layers ${from} to ${to - 1}`;
}

function shapeOf({ shape }: TensorEntry): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

function iconOf(node: OutlineNode): string {
  switch (node.kind) {
    case 'part':
      return node.part === null ? 'question' : partIcons[node.part];
    case 'region':
      return 'list-tree';
    case 'layer':
      return 'symbol-structure';
    case 'component':
      return 'symbol-field';
    case 'tensor':
      return 'symbol-array';
  }
}

function tensorTooltip(entry: TensorEntry, moved: string | undefined, donor?: string | null): vscode.MarkdownString {
  const { name, canonicalName, part, layer, component, dtype, file, offset, length } = entry;
  const place = [part && partTitles[part], layer !== null && `layer ${layer}`, component && componentTitles[component]];
  return tooltip(name, [
    ['Known as', canonicalName === name ? null : canonicalName],
    ['Place', place.filter(Boolean).join(', ')],
    ['Donor', donor],
    ['Type', dtype],
    ['Shape', shapeOf(entry)],
    ['File', file],
    ['Offset', `${offset.toLocaleString('en')} bytes`],
    ['Length', `${length.toLocaleString('en')} bytes`],
    [comparedTitle, moved],
  ]);
}
