/** How a run's states look, and what they mean. No DOM. */
import type { RunStanding, RunState } from '../../src/shared/protocol/run';

interface StateLook {
  readonly label: string;
  /** A codicon's name. */
  readonly icon: string;
}

const stateLooks: Readonly<Record<RunState, StateLook>> = {
  queued: { label: 'Waiting', icon: 'clock' },
  preparing: { label: 'Preparing', icon: 'loading' },
  running: { label: 'Running', icon: 'loading' },
  interrupted: { label: 'Interrupted', icon: 'debug-pause' },
  cancelled: { label: 'Cancelled', icon: 'circle-slash' },
  failed: { label: 'Failed', icon: 'error' },
  finished: { label: 'Finished', icon: 'pass' },
};

export function stateLook(state: RunState | null): StateLook {
  return state === null ? { label: 'Not run yet', icon: 'circle-large-outline' } : stateLooks[state];
}

/** Whether the engine has it now, or is about to. */
export function isActive({ state }: Pick<RunStanding, 'state'>): boolean {
  return state === 'queued' || state === 'preparing' || state === 'running';
}
