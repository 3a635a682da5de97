import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { kindOf, optionsOf } from '../../core/experiment/experimentFile';
import { stepOfRun } from '../../core/experiment/runId';
import { describeError } from '../../shared/errors';
import type { ExperimentEntry, Experiments } from '../experiments/experiments';
import type { Runs, RunView } from '../experiments/runs';
import { views } from '../ids';
import type { ArrayView, SlurmArrays } from '../slurm/slurmArrays';
import { arrayItem, shardItem } from './arrayItems';
import { experimentItem, runItem, stepItem } from './experimentItems';
import type { ArrayNode, ExperimentNode, ExperimentsNode, RunNode, ShardNode, StepNode } from './experimentNodes';
import { setAsideRuns } from './setAsideRuns';

/** Progress comes many times a second; nodes are drawn anew at most so often. */
const updateMs = 200;

/** The Experiments view. */
export class ExperimentsTree implements vscode.TreeDataProvider<ExperimentsNode>, vscode.Disposable {
  /** The nodes that VS Code knows, by file and step: it takes updates only for the very same objects. */
  private readonly nodes = new Map<string, ExperimentsNode>();
  private roots: Promise<ExperimentNode[]> | undefined;
  private readonly stale = new Set<ExperimentsNode>();
  private timer: NodeJS.Timeout | undefined;
  /** Of the steps that are shown, while the view is visible. */
  private readonly watches = new Map<string, { readonly node: StepNode; readonly watch: vscode.Disposable }>();
  private readonly changed = new vscode.EventEmitter<ExperimentsNode | ExperimentsNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<ExperimentsNode>;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly experiments: Experiments,
    private readonly runs: Runs,
    private readonly arrays: SlurmArrays,
  ) {
    this.view = vscode.window.createTreeView(views.experiments, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(({ visible }) => (visible ? this.watchAll() : this.unwatch())),
      experiments.onDidChange(() => this.reload()),
      runs.onDidChange(({ file, step }) => this.runChanged(file, step)),
      arrays.onDidChange(({ file, step }) => this.runChanged(file, step)),
    ];
  }

  /** Looks for experiment files again and reads all runs again. */
  refresh(): void {
    this.experiments.refresh();
  }

  async getTreeItem(node: ExperimentsNode): Promise<vscode.TreeItem> {
    if (node.kind === 'experiment') return experimentItem(node);
    if (node.kind === 'array') return arrayItem(node, await this.arrayOf(node));
    if (node.kind === 'shard') return shardItem(node, await this.arrayOf(node));
    const run = await this.runs.view(node.file, node.step).catch((error: unknown) => unreadable(node, error));
    if (node.kind === 'run') return runItem(node, run);
    const array = await this.arrayOf(node);
    return stepItem(node, run, array, (await setAsideRuns(node.file, node.step)).length > 0);
  }

  async getChildren(node?: ExperimentsNode): Promise<ExperimentsNode[]> {
    if (!node) return (this.roots ??= this.findRoots());
    if (node.kind === 'experiment') return this.stepsOf(node);
    const { file } = node;
    if (node.kind === 'array') return this.shardsOf(node);
    if (node.kind !== 'step') return [];
    const sent = (await this.arrayOf(node)) !== null;
    const array = sent ? [this.keep<ArrayNode>({ kind: 'array', file, step: node.step, parent: node })] : [];
    const names = await setAsideRuns(file, node.step);
    return [...array, ...names.map((step) => this.keep<RunNode>({ kind: 'run', file, step, parent: node }))];
  }

  getParent(node: ExperimentsNode): ExperimentsNode | undefined {
    return node.kind === 'experiment' ? undefined : node.parent;
  }

  /** Unfolds the jobs that a step was just sent as. */
  async showArray(file: string, step: string): Promise<void> {
    await sleep(2 * updateMs); // until the step is drawn as something that unfolds
    const below = async (nodes: readonly ExperimentsNode[], is: (node: ExperimentsNode) => boolean) => {
      const node = nodes.find(is);
      return node ? this.getChildren(node) : [];
    };
    const steps = await below(await this.getChildren(), (node) => node.file === file);
    const runs = await below(steps, (node) => node.kind === 'step' && node.step === step);
    const array = runs.find(({ kind }) => kind === 'array');
    if (array) await this.view.reveal(array, { select: false, focus: false, expand: true });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.unwatch();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async findRoots(): Promise<ExperimentNode[]> {
    const entries = await this.experiments.all();
    return entries.map((entry: ExperimentEntry) => this.keep({ kind: 'experiment', file: entry.file, entry }));
  }

  private stepsOf(parent: ExperimentNode): StepNode[] {
    const { file, entry } = parent;
    const steps = (entry.experiment?.content.steps ?? []).map((content, index) => {
      const { id } = optionsOf(content);
      const place = { file, step: id, stepKind: kindOf(content), index };
      return this.keep<StepNode>({ kind: 'step', ...place, content, parent });
    });
    for (const step of steps) this.watch(step);
    return steps;
  }

  private async shardsOf(parent: ArrayNode): Promise<ShardNode[]> {
    const array = await this.arrayOf(parent);
    if (!array || array instanceof Error) return [];
    const { file, step } = parent;
    return array.shards.map(({ shard }) => this.keep<ShardNode>({ kind: 'shard', file, step, shard, parent }));
  }

  private arrayOf({ file, step }: { readonly file: string; readonly step: string }): Promise<ArrayView | null | Error> {
    return this.arrays.view(file, step).catch((error: unknown) => new Error(describeError(error)));
  }

  /** The node there was, if it still stands in the same place of the same content. */
  private keep<T extends ExperimentsNode>(node: T): T {
    const known = this.nodes.get(keyOf(node));
    if (known && sourceOf(known) === sourceOf(node)) return known as T;
    this.nodes.set(keyOf(node), node);
    return node;
  }

  private reload(): void {
    this.roots = undefined;
    this.nodes.clear();
    this.stale.clear();
    this.unwatch();
    this.changed.fire(undefined);
  }

  /** The step's node also when a run set aside changed: then it has one more or one less below it. */
  private runChanged(file: string, step: string): void {
    this.showBadge();
    const node = this.nodes.get(keyOf({ file, step: stepOfRun(step) }));
    if (!node) return;
    this.stale.add(node);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const nodes = [...this.stale];
      this.stale.clear();
      this.changed.fire(nodes);
    }, updateMs);
  }

  private showBadge(): void {
    const count = this.runs.running().length;
    const value = this.view.badge?.value ?? 0;
    if (count === value) return;
    const tooltip = count === 1 ? '1 step runs' : `${count} steps run or wait`;
    this.view.badge = count === 0 ? undefined : { value: count, tooltip };
  }

  private watch(node: StepNode): void {
    const key = keyOf(node);
    if (!this.view.visible || this.watches.has(key)) return;
    const watches = [this.runs, this.arrays].map((source) => source.watch(node.file, node.step));
    this.watches.set(key, { node, watch: vscode.Disposable.from(...watches) });
  }

  private watchAll(): void {
    for (const node of this.nodes.values()) if (node.kind === 'step') this.watch(node);
  }

  private unwatch(): void {
    for (const { watch } of this.watches.values()) watch.dispose();
    this.watches.clear();
  }
}

/** One run folder that cannot be read must not empty the view. */
function unreadable({ file, step }: StepNode | RunNode, error: unknown): RunView {
  return { file, step, state: 'failed', progress: null, message: describeError(error), snapshot: null, mine: false };
}

function sourceOf(node: ExperimentsNode): unknown {
  return node.kind === 'experiment' ? node.entry : node.parent;
}

function keyOf(
  node: Pick<ExperimentsNode, 'file'> & Partial<Pick<ShardNode, 'step' | 'shard'>> & { kind?: string },
): string {
  const { file, step, shard } = node;
  const inArray = node.kind === 'array' ? ['array'] : shard === undefined ? [] : ['array', String(shard)];
  return [file, ...(step === undefined ? [] : [step, ...inArray])].join('\n');
}
