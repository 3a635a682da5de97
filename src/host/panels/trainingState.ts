/** The state of the Training panel, from what run folders say. Pure. */
import type { TrainingArm, TrainingState } from '../../shared/protocol/training';
import type { TrainFacts, TrainPoint, TrainRow, TrainSample } from '../../shared/trainResults';
import { countOf, type UncountedRun } from './runCount';

/** A train run at a moment. */
export interface TrainingRun extends UncountedRun {
  readonly facts: TrainFacts;
  readonly rows: readonly TrainRow[];
}

/** @param runs those shown, the panel's own first @param others what may be laid over, the panel's own perhaps among it */
export function trainingState(
  runs: readonly [TrainingRun, ...TrainingRun[]],
  others: TrainingState['others'],
  around: Pick<TrainingState, 'experiment' | 'canRun'>,
): TrainingState {
  const [own, ...laidOver] = runs;
  return {
    ...around,
    arms: [arm(own), ...laidOver.map(arm)],
    others: others.filter(({ id }) => id !== own.id),
  };
}

/** Of a step; none where it has none. */
export function samplesAt(rows: readonly TrainRow[], step: number): readonly TrainSample[] {
  return rows.find((row) => row.step === step)?.samples ?? [];
}

function arm({ facts, rows, progress, ...standing }: TrainingRun): TrainingArm {
  return {
    run: {
      ...standing,
      ...countOf(progress, { done: rows.length, total: facts.steps }),
    },
    facts,
    points: rows.map(pointOf),
    sampled: rows.filter(({ samples = [] }) => samples.length > 0).map(({ step }) => step),
  };
}

function pointOf({ key: _, samples: __, ...point }: TrainRow): TrainPoint {
  return point;
}
