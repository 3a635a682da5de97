/** The curves as a table for other programs: one line per arm and step. No DOM. */
import { csv } from '../../src/shared/csv';
import type { TrainingState } from '../../src/shared/protocol/training';
import { measuredColumns } from '../../src/shared/trainResults';

const columns = [
  ...['arm', 'from', 'method', 'freeze', 'trainedParameters', 'frozenParameters', 'step'],
  ...measuredColumns,
];

/** Numbers in full precision; what was no number, or is not of the method, leaves its field empty. */
export function trainingCsv({ arms }: Pick<TrainingState, 'arms'>): string {
  const lines = arms.flatMap(({ run, facts, points }) => {
    const { from, method, freeze, trained, frozen } = facts;
    const arm = [run.id, from, method, freeze.join(' '), trained.parameters, frozen.parameters];
    return points.map(({ skipped = false, ...point }) => [
      ...arm,
      point.step,
      ...measuredColumns.map((column) => ({ ...point, skipped })[column]),
    ]);
  });
  return csv(columns, lines);
}
