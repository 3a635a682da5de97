import path from 'node:path';
import * as vscode from 'vscode';
import { readCompareFacts, readCompareRows } from '../../core/compare/compareFacts';
import { summariseCompare } from '../../core/compare/compareSummary';
import { runFiles } from '../../core/experiment/runFolder';
import { identityOf } from '../../core/files/containedFile';
import { isBelow } from '../../core/files/paths';
import type { ExperimentEntry, Experiments } from '../experiments/experiments';
import { folderOf, type Runs } from '../experiments/runs';
import type { StoredComparisons } from '../experiments/storedComparisons';
import { contextKeys } from '../ids';
import { heatOfPhase, type Heat } from './updateHeat';

/** By the folder of the checkpoint, then by the key of its node. */
type Heats = ReadonlyMap<string, ReadonlyMap<string, Heat>>;

/** Where the moment of the last clearing is kept, in nanoseconds since 1970. */
const clearedKey = 'comparisonBadgesCleared';
/** A run that is under way is summed up at most so often. */
const quietMs = 1000;
const none: Heats = new Map();

/** What the last comparison that was run, here or elsewhere, says of the checkpoints that its phases end with. */
export class LastComparison implements vscode.Disposable {
  private heats: Heats | undefined;
  private loading: Promise<void> | undefined;
  private outdated = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly experiments: Experiments,
    private readonly runs: Runs,
    private readonly stored: StoredComparisons,
    private readonly state: vscode.Memento,
  ) {
    this.subscriptions = [
      this.changed,
      experiments.onDidChange(() => this.soon()),
      runs.onDidChange((run) => void this.runChanged(run)),
    ];
  }

  /** What is known now. The first call begins to read; {@link onDidChange} tells when there is more. */
  heatOf(directory: string, key: string): Heat | undefined {
    if (!this.heats) void this.load();
    return this.heats?.get(directory)?.get(key);
  }

  /** The checkpoints that have heat. */
  directories(): Iterable<string> {
    return (this.heats ?? none).keys();
  }

  /** Reads it anew. Never rejects. */
  async load(): Promise<void> {
    this.outdated = true;
    this.loading ??= this.loadUntilCurrent().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Forgets it. A comparison that is run from now on, or run again, is shown. */
  async clear(): Promise<void> {
    await this.state.update(clearedKey, String(BigInt(Date.now()) * 1_000_000n));
    await this.load();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** Nobody has asked yet: then there is nothing to read anew. */
  private soon(): void {
    if (!this.heats && !this.loading) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.load();
    }, quietMs);
  }

  private async runChanged({ file, step }: { file: string; step: string }): Promise<void> {
    if (isBelow(file, this.stored.folder)) return this.soon();
    const { experiment } = await this.experiments.get(file);
    if (experiment?.content.steps.some(({ compare }) => compare?.id === step)) this.soon();
  }

  private async loadUntilCurrent(): Promise<void> {
    while (this.outdated) {
      this.outdated = false;
      this.heats = await this.read().catch(() => none);
    }
    void vscode.commands.executeCommand('setContext', contextKeys.badges, this.heats !== none);
    this.changed.fire();
  }

  private async read(): Promise<Heats> {
    const cleared = BigInt(this.state.get(clearedKey, '0'));
    const own = await Promise.all((await this.stored.files()).map((file) => this.experiments.get(file)));
    const runs = await Promise.all([...(await this.experiments.all()), ...own].flatMap(runsOf));
    const later = runs.filter(({ time }) => time > cleared).sort((a, b) => (a.time < b.time ? 1 : -1));
    for (const run of later) {
      const heats = await this.heatsOf(run);
      if (heats.size > 0) return heats; // one that has just begun has nothing to show yet
    }
    return none;
  }

  private async heatsOf({ entry, step }: ComparedRun): Promise<Heats> {
    const { snapshot } = await this.runs.view(entry.file, step);
    const facts = snapshot?.manifest.kind === 'compare' ? readCompareFacts(snapshot.manifest.facts) : null;
    if (!facts || snapshot!.rows.length === 0) return none;
    const { phases } = summariseCompare(facts, readCompareRows(snapshot!.rows));
    const heats = phases.flatMap((phase) => {
      const checkpoint = entry.experiment?.checkpoints.get(phase.to);
      return checkpoint ? [[checkpoint.directory, heatOfPhase(phase, facts)] as const] : [];
    });
    return new Map(heats);
  }
}

interface ComparedRun {
  readonly entry: ExperimentEntry;
  readonly step: string;
  /** When its manifest was last written: as it began or ended. Nanoseconds since 1970. */
  readonly time: bigint;
}

/** The compare steps of an experiment file that have a run. */
function runsOf(entry: ExperimentEntry): Promise<ComparedRun>[] {
  const steps = entry.experiment?.content.steps.flatMap(({ compare }) => compare?.id ?? []) ?? [];
  return steps.map(async (step) => {
    const manifest = path.join(folderOf(entry.file, step), runFiles.manifest);
    const identity = await identityOf(manifest).catch(() => null);
    return { entry, step, time: BigInt(identity?.modifiedNs ?? 0) };
  });
}
