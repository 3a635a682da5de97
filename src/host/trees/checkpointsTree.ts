import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { outlineOf, type OutlineNode } from '../../core/checkpoint/outline';
import { resolveRegions } from '../../core/checkpoint/regions';
import { InputError } from '../../shared/errors';
import type { Experiments } from '../experiments/experiments';
import { views } from '../ids';
import { arrangeCheckpoints, type ListedCheckpoint } from './arrangeCheckpoints';
import { ChainDifferencesReader } from './chainDifferences';
import { CheckpointHeaders, type Headers } from './checkpointHeaders';
import { cacheItem, checkpointItem, checkpointTooltip, innerItem } from './checkpointItems';
import type { CacheNode, CheckpointNode, CheckpointsNode, HybridNode, InnerNode } from './checkpointNodes';
import type { CheckpointRoles } from './checkpointRoles';
import { addedFolders, CheckpointSearch } from './checkpointSearch';
import { HybridNodes } from './hybridNodes';
import { donorsInside, hybridItem } from './hybridItems';
import { HybridReadings } from './hybridReadings';
import type { LastComparison } from './lastComparison';
import { heatKey } from './updateHeat';

/** So long a node waits for its headers before it shows itself without them: most are read sooner, and none flickers. */
const patienceMs = 150;

/** So often a tensor is shown until it is selected. */
const mostReveals = 5;

type RootNode = CheckpointNode | HybridNode | CacheNode;

/** The Checkpoints view. */
export class CheckpointsTree implements vscode.TreeDataProvider<CheckpointsNode>, vscode.Disposable {
  private readonly headers = new CheckpointHeaders();
  private readonly hybridReadings = new HybridReadings(this.headers);
  private readonly hybridNodes = new HybridNodes();
  private readonly chains = new ChainDifferencesReader();
  private readonly search: CheckpointSearch;
  private roots: Promise<readonly RootNode[]> | undefined;
  /** The nodes that VS Code knows: it takes updates only for the very same objects. */
  private readonly checkpoints = new Map<string, CheckpointNode>();
  /** Folders of the checkpoints that are shown with heat. */
  private heated: readonly string[] = [];
  private cache: CacheNode = { kind: 'cache', children: [] };
  private readonly inner = new WeakMap<OutlineNode, InnerNode>();
  private readonly outlines = new WeakMap<Headers, WeakMap<CheckpointNode, readonly OutlineNode[]>>();
  private readonly changed = new vscode.EventEmitter<CheckpointsNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<CheckpointsNode>;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly experiments: Experiments,
    private readonly roles: CheckpointRoles,
    private readonly lastComparison: LastComparison,
    log: vscode.LogOutputChannel,
  ) {
    this.search = new CheckpointSearch(log);
    this.view = vscode.window.createTreeView(views.checkpoints, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.search,
      this.changed,
      this.search.onDidChange(() => void this.update()),
      experiments.onDidChange(() => void this.update()),
      roles.onDidChange(() => void this.update()),
      lastComparison.onDidChange(() => this.showHeat()),
    ];
  }

  /** Looks for checkpoints again, and reads those again whose files have changed. */
  async refresh(): Promise<void> {
    await this.search.refresh();
    await this.update();
  }

  /** Every checkpoint of the experiments and the folders (not of the cache), once the search has ended. */
  async known(): Promise<readonly CheckpointNode[]> {
    return (await this.all()).filter(({ origin }) => origin !== 'cache');
  }

  /** Every checkpoint, as the view lists them, once the search has ended; with the roles that they have now. */
  async all(): Promise<readonly CheckpointNode[]> {
    await this.search.ended();
    return checkpointsOf(await this.arrange());
  }

  /** Shows a checkpoint in the tree. @throws InputError when it is not there */
  async revealCheckpoint(directory: string): Promise<void> {
    await this.view.reveal(await this.find(directory), { select: true, focus: true });
  }

  /** Shows a hybrid in the tree. @throws InputError when the file has none of that name */
  async revealHybrid(file: string, name: string): Promise<void> {
    const isIt = (node: RootNode) => node.kind === 'hybrid' && node.file === file && node.name === name;
    const node = (await this.getRoots()).find(isIt);
    if (!node) throw new InputError(`${file} has no hybrid "${name}"`);
    await this.view.reveal(node, { select: true, focus: true });
  }

  /** Shows a tensor in the tree. @param name as the file has it, or the canonical one @throws InputError */
  async revealTensor(directory: string, name: string): Promise<void> {
    // VS Code drops it without a word where the tree is drawn anew meanwhile, as it is when a comparison ends.
    for (let attempt = 0; attempt < mostReveals; attempt++) {
      const tensor = await this.findTensor(await this.find(directory), name);
      if (!tensor) throw new InputError(`${directory} has no tensor ${name}`);
      await this.view.reveal(tensor, { select: true, focus: true });
      if (this.view.selection[0] === tensor) return;
    }
  }

  async getTreeItem(node: CheckpointsNode): Promise<vscode.TreeItem> {
    if (node.kind === 'cache') return cacheItem(node);
    if (node.kind === 'hybrid') return hybridItem(node, await this.soon(node, this.hybridReadings.read(node)));
    if (node.kind !== 'checkpoint') return this.itemInside(node);
    const read = this.headers.peek(node.directory);
    if (read) return checkpointItem(node, read);
    return checkpointItem(node, await this.soon(node, this.headers.get(node.directory)));
  }

  /** Completes what `getTreeItem` gave when the pointer rests on it: only then are side files compared. */
  async resolveTreeItem(item: vscode.TreeItem, node: CheckpointsNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'checkpoint') {
      item.tooltip ??= typeof item.label === 'string' ? item.label : ''; // where this is not asked, its own default
      return item;
    }
    const experiments = (await this.experiments.all()).flatMap(({ file, experiment }) => {
      return experiment && node.experiments.includes(file) ? experiment : [];
    });
    const differences = await this.chains.of(node.directory, experiments);
    item.tooltip = checkpointTooltip(node, this.headers.peek(node.directory), differences);
    return item;
  }

  async getChildren(node?: CheckpointsNode): Promise<CheckpointsNode[]> {
    if (!node) {
      void this.search.ended(); // begins it; what it finds comes by and by
      return [...(await this.getRoots())];
    }
    if (node.kind === 'cache') return [...node.children];
    if (node.kind !== 'checkpoint' && node.kind !== 'hybrid') return this.wrap(node.children, node.checkpoint, node);
    return this.wrap(await this.outline(node), node, node);
  }

  async getParent(node: CheckpointsNode): Promise<CheckpointsNode | undefined> {
    if (node.kind === 'cache' || node.kind === 'hybrid') return undefined;
    if (node.kind !== 'checkpoint') return node.parent;
    if (node.origin !== 'cache') return undefined;
    return (await this.getRoots()).find(({ kind }) => kind === 'cache');
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** Draws those anew that have heat, or had it. */
  private showHeat(): void {
    const directories = new Set([...this.heated, ...this.lastComparison.directories()]);
    this.heated = [...this.lastComparison.directories()];
    for (const directory of directories) {
      const node = this.checkpoints.get(directory);
      if (node) this.changed.fire(node);
    }
  }

  /** What is read soon; else null, and the node is drawn again when it is. */
  private async soon<T>(node: CheckpointsNode, reading: Promise<T>): Promise<T | null> {
    const soon = await Promise.race([reading, sleep(patienceMs, null, { ref: false })]);
    if (soon === null) void reading.then(() => this.changed.fire(node));
    return soon;
  }

  private async itemInside(node: InnerNode): Promise<vscode.TreeItem> {
    const { checkpoint } = node;
    if (checkpoint.kind === 'checkpoint') {
      return innerItem(node, this.lastComparison.heatOf(checkpoint.directory, heatKey(node)));
    }
    const reading = await this.hybridReadings.read(checkpoint);
    return innerItem(node, undefined, reading.kind === 'opened' ? donorsInside(node, reading.hybrid) : null);
  }

  private getRoots(): Promise<readonly RootNode[]> {
    return (this.roots ??= this.arrange());
  }

  /** Draws anew what has changed, and only that: a redrawn tree loses what the user is doing in it. */
  private async update(): Promise<void> {
    const forgotten = await this.headers.refresh();
    const before = this.roots;
    this.roots = this.arrange();
    const [old, roots] = await Promise.all([before, this.roots]);
    if (!old) return; // nobody has seen any yet
    if (old.length !== roots.length || old.some((node, i) => node !== roots[i])) this.changed.fire(undefined);
    else {
      checkpointsOf(roots).forEach((node) => forgotten.has(node.directory) && this.changed.fire(node));
      const isStale = ({ donors }: HybridNode) => [...donors.values()].some((directory) => forgotten.has(directory));
      roots.forEach((node) => node.kind === 'hybrid' && isStale(node) && this.changed.fire(node));
    }
  }

  private async arrange(): Promise<readonly RootNode[]> {
    const entries = await this.experiments.all();
    const experiments = entries.flatMap(({ experiment }) => experiment ?? []);
    const listed = arrangeCheckpoints({
      experiments,
      found: this.search.found,
      addedFolders: addedFolders(),
      cached: this.search.cached,
      chosenRole: (directory) => this.roles.get(directory),
      shown: (directory) => vscode.workspace.asRelativePath(directory),
    });
    const nodes = listed.map((checkpoint) => this.nodeOf(checkpoint));
    const cached = nodes.filter(({ origin }) => origin === 'cache');
    const named = nodes.filter(({ origin }) => origin === 'experiment');
    const found = nodes.filter(({ origin }) => origin === 'folder');
    const own = [...named, ...this.hybridNodes.of(experiments), ...found];
    return cached.length > 0 ? [...own, this.cacheOf(cached)] : own;
  }

  private cacheOf(children: readonly CheckpointNode[]): CacheNode {
    const known = this.cache.children;
    const same = known.length === children.length && known.every((node, i) => node === children[i]);
    return same ? this.cache : (this.cache = { kind: 'cache', children });
  }

  /** The node there was, if nothing of it has changed. */
  private nodeOf(listed: ListedCheckpoint): CheckpointNode {
    const node: CheckpointNode = { kind: 'checkpoint', ...listed };
    const known = this.checkpoints.get(listed.directory);
    if (known && JSON.stringify(known) === JSON.stringify(node)) return known;
    this.checkpoints.set(listed.directory, node);
    return node;
  }

  private async outline(node: CheckpointNode | HybridNode): Promise<readonly OutlineNode[]> {
    if (node.kind === 'hybrid') {
      const reading = await this.hybridReadings.read(node);
      return reading.kind === 'opened' ? reading.outline : [];
    }
    const headers = await this.headers.get(node.directory);
    if (headers.kind === 'broken') return [];
    let outlines = this.outlines.get(headers);
    if (!outlines) this.outlines.set(headers, (outlines = new WeakMap()));
    let outline = outlines.get(node);
    if (!outline) outlines.set(node, (outline = outlineOf(headers.checkpoint, regionsOf(node, headers))));
    return outline;
  }

  private wrap(
    nodes: readonly OutlineNode[],
    checkpoint: CheckpointNode | HybridNode,
    parent: CheckpointNode | HybridNode | InnerNode,
  ): InnerNode[] {
    return nodes.map((node) => {
      let wrapped = this.inner.get(node);
      if (!wrapped) this.inner.set(node, (wrapped = { ...node, checkpoint, parent }));
      return wrapped;
    });
  }

  private async find(directory: string): Promise<CheckpointNode> {
    const look = async () => {
      return checkpointsOf(await this.getRoots()).find((node) => node.directory === directory);
    };
    let node = await look();
    if (!node) {
      await this.search.ended();
      node = await look();
    }
    if (!node) throw new InputError(`${directory} is not among the checkpoints`, 'Add its folder first.');
    return node;
  }

  private async findTensor(node: CheckpointsNode, name: string): Promise<InnerNode | undefined> {
    for (const child of await this.getChildren(node)) {
      if (child.kind === 'tensor' && (child.name === name || child.entry.canonicalName === name)) return child;
      const found = await this.findTensor(child, name);
      if (found) return found;
    }
    return undefined;
  }
}

function checkpointsOf(roots: readonly RootNode[]): readonly CheckpointNode[] {
  return roots.flatMap((root) => (root.kind === 'cache' ? root.children : root.kind === 'hybrid' ? [] : root));
}

/** Regions that do not fit this model are an error of the experiment file, said there; the tree shows thirds. */
function regionsOf({ regions }: CheckpointNode, { checkpoint }: Headers & { kind: 'opened' }) {
  const { numLayers } = checkpoint.config;
  try {
    return resolveRegions(regions, numLayers);
  } catch {
    return resolveRegions('thirds', numLayers);
  }
}
