import { duration } from '../../../shared/format';
import type { RunProgress } from '../../../shared/protocol/engine';
import type { RunState } from '../../../shared/protocol/run';

/** What an editor knows of a step's run. */
export interface StepRun {
  /** Null when it was never run. */
  readonly state: RunState | null;
  /** Runs or waits in this window. */
  readonly mine: boolean;
  readonly progress: RunProgress | null;
  /** Why it failed, or who else runs it. */
  readonly message: string | null;
  /** There are rows. */
  readonly hasResults: boolean;
}

export interface StepLens {
  readonly title: string;
  /** Null for a text that nothing happens on. */
  readonly action: 'runStep' | 'cancelRun' | 'openResults' | null;
  readonly tooltip?: string;
}

const unfinished: readonly (RunState | null)[] = ['interrupted', 'cancelled', 'failed'];
const underWay: readonly (RunState | null)[] = ['queued', 'preparing', 'running'];

/** What stands above a step that this version runs. @param trusted nothing runs in an untrusted workspace */
export function stepLenses(run: StepRun, trusted: boolean): StepLens[] {
  const { state, mine, hasResults, message } = run;
  const lenses: StepLens[] = [];
  if (mine) lenses.push({ title: '$(debug-stop) Cancel', action: 'cancelRun', tooltip: 'What is finished is kept.' });
  else if (trusted && !underWay.includes(state)) {
    const resume = unfinished.includes(state) && hasResults;
    const tooltip = resume
      ? 'Goes on where it stopped.'
      : 'Runs the step; what is there already is not computed again.';
    lenses.push({ title: `$(play) ${resume ? 'Resume' : 'Run'}`, action: 'runStep', tooltip });
  }
  if (hasResults || underWay.includes(state)) lenses.push({ title: 'Open panel', action: 'openResults' });
  const words = stateWords(run);
  if (words !== null) lenses.push({ title: words, action: null, ...(message === null ? {} : { tooltip: message }) });
  return lenses;
}

/** A run's state in a few words; null when it was never run. */
export function stateWords({ state, mine, progress, message }: StepRun): string | null {
  switch (state) {
    case null:
      return null;
    case 'queued':
      return 'waiting for another run';
    case 'preparing':
    case 'running':
      return progress && state === 'running' ? progressWords(progress) : `${state}${mine ? '' : ' elsewhere'}`;
    case 'failed':
      return `failed${message === null ? '' : `: ${shorten(message)}`}`;
    case 'interrupted':
    case 'cancelled':
    case 'finished':
      return state;
  }
}

function progressWords({ phase, done, total, unit, secondsLeft }: RunProgress): string {
  if (phase === 'finishing') return 'finishing';
  const left = secondsLeft === null || done === total ? '' : `, ${duration(secondsLeft)} left`;
  return `${done} of ${total} ${unit}${left}`;
}

const longest = 100;

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
