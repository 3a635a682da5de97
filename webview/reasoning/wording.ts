/** The words in which the panel speaks. No DOM. */
import { percent } from '../../src/shared/format';
import type { AblatedPart, AblateLayer } from '../../src/shared/ablateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import type { RunStanding } from '../../src/shared/protocol/run';
import { partTitles, roleTitles } from '../../src/shared/vocabulary';
import { interval, pValue, signedPoints } from '../kit/rates';
import type { LikelihoodLayer } from './layers';
import type { Filter, Measure, Selection } from './view';

export const measureTitles: Readonly<Record<Measure, string>> = {
  accuracy: 'Accuracy',
  difference: 'Difference to the baseline',
  error: 'Error rate',
};

/** What the vertical axis shows. */
export const measureAxes: Readonly<Record<Measure, string>> = {
  accuracy: 'Accuracy',
  difference: 'Accuracy less the baseline’s, percentage points',
  error: 'Error rate (1 − accuracy)',
};

export const likelihoodAxis = 'Change in log-likelihood of the right answer, nats';

export const filterTitles: Readonly<Record<Filter, string>> = {
  lost: 'Lost: right before, wrong now',
  gained: 'Gained: wrong before, right now',
  all: 'All items',
};

export const caution =
  'A layer without which answers get worse is necessary under this intervention, not sufficient: made identity, it also hands later layers states that they never saw in training.';

export function partTitle(part: AblatedPart): string {
  return partTitles[part];
}

/** "layer 3", of the vision tower with its part. */
export function layerTitle({ part, layer }: Selection): string {
  return part === 'vision' ? `vision layer ${layer}` : `layer ${layer}`;
}

/** Nats with a real minus: "−4.21". */
export function nats(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && text !== '0.00' ? `−${text}` : text;
}

/** Nats with a sign: "−4.21", "+0.02", "0.00". */
export function signedNats(value: number): string {
  const text = nats(value);
  return value > 0 && text !== '0.00' ? `+${text}` : text;
}

/** What is said of a layer's answers in short lines. */
export function answerNotes({ n, correct, rate, low, high, difference, pAdjusted }: AblateLayer): string[] {
  const bounds = `${signedPoints(difference.low)}, ${signedPoints(difference.high)}`;
  return [
    `Accuracy ${percent(rate)} [${interval(low, high)}], ${correct} of ${n} right`,
    `Difference ${signedPoints(difference.value)} [${bounds}] points`,
    `Adjusted ${pValue(pAdjusted)}`,
  ];
}

export function likelihoodNotes({ likelihood: { n, mean, low, high } }: LikelihoodLayer): string[] {
  return [`Change ${signedNats(mean)} [${signedNats(low)}, ${signedNats(high)}] nats, n = ${n}`];
}

/** What the panel says while there is nothing to show; null when the run needs no word. */
export function emptySentence({ state }: RunStanding): string | null {
  switch (state) {
    case null:
      return 'Nothing has been computed yet. Press Run: the figure grows as items are finished.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoint is being opened.';
    case 'running':
      return 'The first items are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first item was finished. Run it again.';
    case 'failed':
      return 'The run failed before its first item was finished. Mend what is said above and run it again.';
    case 'finished':
      return 'The run is finished, but no item could be asked: see what was left out.';
  }
}

/** Which checkpoint answers which questions. */
export function subtitle({ facts: { checkpoint, dataset }, role, experiment }: ReasoningState): string {
  const shownRole = role && roleTitles[role].toLowerCase() !== checkpoint.toLowerCase() ? ` (${roleTitles[role]})` : '';
  return [checkpoint && `${checkpoint}${shownRole}`, dataset, experiment].filter(Boolean).join(' · ');
}
