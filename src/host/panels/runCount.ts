import type { RunStanding } from '../../shared/protocol/run';

type Count = Pick<RunStanding, 'done' | 'total' | 'secondsLeft' | 'memory'>;

/** A run at a moment, before it is known how far it is. */
export interface UncountedRun extends Omit<RunStanding, keyof Count> {
  /** What whoever runs it told last; null when that is somebody else, or it does not run. */
  readonly progress: Partial<Count> | null;
}

/** How far a run is: as whoever runs it tells, else as its folder says. */
export function countOf(progress: UncountedRun['progress'], counted: Pick<Count, 'done' | 'total'>): Count {
  const told = progress?.total ? progress : null;
  return {
    done: told?.done ?? counted.done,
    total: told?.total ?? counted.total,
    secondsLeft: told?.secondsLeft ?? null,
    ...(told?.memory ? { memory: told.memory } : {}),
  };
}
