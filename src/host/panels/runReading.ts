import { describeError } from '../../shared/errors';
import { runStates, type RunState } from '../../shared/protocol/run';
import { experimentName } from '../experiments/experiments';
import type { Runs, RunView } from '../experiments/runs';

export type ReadView = Pick<RunView, 'state' | 'progress' | 'ahead' | 'message' | 'snapshot' | 'mine'>;

/** A run as it stands. Never fails: a folder that cannot be read is a failed run that says why. */
export async function readView(runs: Runs, file: string, id: string): Promise<ReadView> {
  try {
    return await runs.view(file, id);
  } catch (error) {
    return { state: 'failed', progress: null, message: describeError(error), snapshot: null, mine: false };
  }
}

/** What a page is told of a run, but for how far it has come. */
export function standingOf(
  runs: Runs,
  { state, message, mine, snapshot }: ReadView,
): { state: RunState | null; mine: boolean; message: string | null; device: string | null } {
  const device: unknown = snapshot?.manifest.device;
  return {
    state: state === null || runStates.includes(state) ? state : 'interrupted',
    mine: mine || !snapshot?.holder,
    message: state === 'queued' ? whatItWaitsFor(runs) : typeof message === 'string' ? message : null,
    device: typeof device === 'string' ? device : null,
  };
}

function whatItWaitsFor(runs: Runs): string | null {
  const first = runs.running().find(({ progress }) => progress !== null);
  return first ? `It waits until "${first.step}" of ${experimentName(first.file)} has ended.` : null;
}
