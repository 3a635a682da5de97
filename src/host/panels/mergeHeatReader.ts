import { readCompareFacts, readCompareRows } from '../../core/compare/compareFacts';
import { summariseCompare } from '../../core/compare/compareSummary';
import type { Experiment } from '../../core/experiment/experiment';
import type { MergeHeat } from '../../shared/protocol/merge';
import type { Runs } from '../experiments/runs';
import { heatOf } from './mergeHeat';
import { readView } from './runReading';

/** How far layers moved, from the last comparison of an experiment. Summed up once for what a run folder says. */
export class MergeHeatReader {
  private last: { readonly print: string; readonly heat: readonly MergeHeat[] } = { print: '', heat: [] };

  constructor(private readonly runs: Runs) {}

  async read({ file, content }: Experiment): Promise<readonly MergeHeat[]> {
    const steps = content.steps.flatMap(({ compare }) => compare?.id ?? []);
    const views = await Promise.all(steps.map((step) => readView(this.runs, file, step)));
    const snapshots = views.flatMap(({ snapshot }) => (snapshot && snapshot.rows.length > 0 ? [snapshot] : []));
    const newest = snapshots.sort((a, b) => (a.manifest.started < b.manifest.started ? 1 : -1))[0];
    if (!newest) return [];
    const print = `${file} ${newest.manifest.step} ${newest.manifest.started} ${newest.rows.length}`;
    if (print !== this.last.print) {
      const facts = readCompareFacts(newest.manifest.facts);
      const phases = facts ? summariseCompare(facts, readCompareRows(newest.rows)).phases : [];
      this.last = { print, heat: phases.map(heatOf) };
    }
    return this.last.heat;
  }
}
