import type { Experiment } from '../../core/experiment/experiment';
import type { MergeWriting } from '../../shared/protocol/merge';
import type { Runs } from '../experiments/runs';
import { readView, standingOf } from './runReading';

/** The merge steps that write a hybrid, as they stand. */
export function mergeWritings({ file, content }: Experiment, hybrid: string, runs: Runs): Promise<MergeWriting[]> {
  const steps = content.steps.flatMap(({ merge }) => (merge?.hybrid === hybrid ? [merge] : []));
  return Promise.all(
    steps.map(async ({ id, output }): Promise<MergeWriting> => {
      const view = await readView(runs, file, id);
      const { progress, snapshot } = view;
      const standing = standingOf(runs, view);
      const bytes: unknown = snapshot?.manifest.facts['bytes'];
      const rows = snapshot?.rows.length ?? 0;
      return {
        step: id,
        output,
        run: {
          id,
          ...standing,
          done: progress?.done ?? rows,
          total: progress?.total ?? rows,
          secondsLeft: progress?.secondsLeft ?? null,
        },
        result: standing.state === 'finished' && typeof bytes === 'number' ? { bytes } : null,
      };
    }),
  );
}
