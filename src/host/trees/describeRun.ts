/** A step or run in words: what it does and how far it is. Pure. */
import { kindOf } from '../../core/experiment/experimentFile';
import type { Step } from '../../core/experiment/schema';
import { duration } from '../../shared/format';
import type { RunView } from '../experiments/runs';
import { progressOf } from './runProgress';

/** More names than a row of the tree has room for, beside how far the run is. */
const namedCheckpoints = 3;

/** What a step works on: `base`, `9 checkpoints`, `base → in, in → rl`, `IN:RL:RL`. */
export function subjectOf(step: Step): string {
  const kind = kindOf(step);
  switch (kind) {
    case 'swap':
    case 'ablate':
      return step[kind]!.checkpoint;
    case 'attention':
      return namesOf(step.attention!.checkpoints);
    case 'evaluate':
      return namesOf(step.evaluate!.checkpoints ?? Object.keys(step.evaluate!.logs ?? {}));
    case 'compare':
      return step[kind]!.phases.map(([from, to]) => `${from} → ${to}`).join(', ');
    case 'merge':
      return step[kind]!.hybrid;
    case 'train':
      return `${step[kind]!.from}, ${step[kind]!.method}`;
  }
}

/** `running 12/50 pairs, 20 s left`, `finished`, `interrupted 12/200`, `not run yet`. */
export function describeRun(run: RunView): string {
  const progress = progressOf(run);
  const counts = progress ? ` ${progress.done}/${progress.total}` : '';
  switch (run.state) {
    case null:
      return 'not run yet';
    case 'queued':
      return 'waiting for its turn';
    case 'preparing':
      return run.mine ? 'preparing' : 'preparing in another process';
    case 'running': {
      if (run.progress?.phase === 'finishing') return 'finishing';
      const { secondsLeft } = run.progress ?? {};
      const left = typeof secondsLeft === 'number' ? `, ${duration(secondsLeft)} left` : '';
      const elsewhere = run.mine ? '' : ' in another process';
      return `running${counts}${progress ? ` ${progress.unit}` : ''}${elsewhere}${left}`;
    }
    case 'finished':
      return 'finished';
    case 'interrupted':
    case 'cancelled':
    case 'failed':
      return `${run.state}${counts}`;
  }
}

function namesOf(checkpoints: readonly string[]): string {
  return checkpoints.length > namedCheckpoints ? `${checkpoints.length} checkpoints` : checkpoints.join(', ');
}
