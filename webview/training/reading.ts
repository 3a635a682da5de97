/** What the curves say, in sentences. No DOM. */
import type { TrainingArm, TrainingState } from '../../src/shared/protocol/training';
import { frozenTitle } from '../../src/shared/trainWords';
import { significant } from '../kit/numbers';
import { meanOf, seriesOf, skippedSteps } from './series';

export const caution =
  'This describes what was trained on and tests nothing. Whether arms differ is seen when their outputs are evaluated ' +
  'on other items.';

/** Steps at each end whose means are compared. */
const endSteps = 10;

export interface Reading {
  readonly said: string;
  /** What a reader of the curves has to know beside it; empty when there is nothing. */
  readonly asides: string;
}

/** One for each arm that has two steps or more. */
export function readingsOf({ arms }: Pick<TrainingState, 'arms'>): Reading[] {
  return arms.flatMap((arm) => {
    const moved = movement(arm);
    if (moved === null) return [];
    const begun = arm.run.state === 'finished' ? moved : `so far, ${moved}`;
    const said =
      arms.length > 1
        ? `${arm.run.id} (${frozenTitle(arm.facts.freeze)}): ${begun}.`
        : `${begun[0]!.toUpperCase()}${begun.slice(1)}.`;
    return [{ said, asides: asidesOf(arm) }];
  });
}

/** "reward rose from 0.42 (mean of the first 10 steps) to 0.55 (last 10), over 200 steps"; null of less than two. */
function movement(arm: TrainingArm): string | null {
  const [metric, points] = (['reward', 'loss'] as const)
    .map((name) => [name, seriesOf({ arms: [arm] }, name, 1)[0]?.points ?? []] as const)
    .find(([, found]) => found.length > 1) ?? ['loss', []];
  if (points.length < 2) return null;
  const n = Math.min(endSteps, Math.floor(points.length / 2));
  const [first, last] = [meanOf(points.slice(0, n)), meanOf(points.slice(-n))];
  const [from, to] = [significant(first), significant(last)];
  const ends = n === 1 ? ['the first step', 'the last'] : [`mean of the first ${n} steps`, `last ${n}`];
  const over = `over ${points.length} steps`;
  if (from === to) return `${metric} is ${to} at both ends (${ends.join(', ')}), ${over}`;
  return `${metric} ${last > first ? 'rose' : 'fell'} from ${from} (${ends[0]}) to ${to} (${ends[1]}), ${over}`;
}

function asidesOf(arm: TrainingArm): string {
  const skipped = skippedSteps(arm).length;
  const idle = arm.points.filter((point) => point.idle === 1).length;
  const steps = (count: number) => (count === 1 ? '1 step' : `${count} steps`);
  return [
    ...(skipped > 0 ? [`${steps(skipped)} skipped: the gradient was not finite.`] : []),
    ...(idle > 0 ? [`${steps(idle)} taught nothing: all rollouts of a group had one reward, in every group.`] : []),
  ].join(' ');
}
