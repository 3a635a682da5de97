/** The result in a few sentences. No DOM. */
import type { AblatedPart } from '../../src/shared/ablateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { signedPoints, tickPercent, tickPoints } from '../kit/rates';
import { sentence } from '../kit/sentence';
import { answeredLayers, isSignificant, likelihoodLayers, partsOf } from './layers';
import { layerTitle, partTitle, signedNats } from './wording';

/** "Baseline 83 % (75–89 %, n 100). 7 of 12 layers lower it significantly; …"; nothing while nothing is known. */
export function readingOf(state: ReasoningState): string[] {
  const { baseline } = state.summary;
  const parts = partsOf(state);
  const sentences = [
    ...(baseline.n > 0
      ? [`Baseline ${tickPercent(baseline.rate)} (${range(baseline.low, baseline.high)}, n ${baseline.n}).`]
      : []),
    ...parts.flatMap((part) => accuracySentence(state, part, parts.length > 1)),
    ...parts.flatMap((part) => likelihoodSentence(state, part)),
  ];
  if (sentences.length > 0 && state.run.state !== 'finished') sentences.unshift('So far:');
  return sentences;
}

function accuracySentence({ summary }: ReasoningState, part: AblatedPart, isNamed: boolean): string[] {
  const layers = answeredLayers(summary, part);
  if (layers.length === 0) return [];
  const lower = layers.filter((one) => isSignificant(one) && one.difference.value < 0).length;
  const raise = layers.filter((one) => isSignificant(one) && one.difference.value > 0).length;
  const counted = lower + raise === 0 ? noneChanges(layers.length) : changes(lower, raise, layers.length);
  const largest = layers.reduce((most, one) => (one.difference.value < most.difference.value ? one : most));
  const drop =
    largest.difference.value < 0
      ? `; the largest drop is at ${layerTitle(largest)}: ${wholePoints(largest.difference.value)} points`
      : '';
  return [isNamed ? `${partTitle(part)}: ${counted}${drop}.` : sentence(`${counted}${drop}.`)];
}

function noneChanges(count: number): string {
  return count === 1
    ? 'the one layer does not change it significantly'
    : `none of ${count} layers changes it significantly`;
}

function changes(lower: number, raise: number, count: number): string {
  const of = `of ${count} ${count === 1 ? 'layer' : 'layers'}`;
  const lowers = `${lower} ${of} ${lower === 1 ? 'lowers' : 'lower'} it significantly`;
  if (raise === 0) return lowers;
  const raises = `${raise} ${raise === 1 ? 'raises' : 'raise'} it`;
  return lower === 0 ? `${raise} ${of} ${raise === 1 ? 'raises' : 'raise'} it significantly` : `${lowers}, ${raises}`;
}

function likelihoodSentence({ summary }: ReasoningState, part: AblatedPart): string[] {
  const layers = likelihoodLayers(summary, part);
  if (layers.length === 0) return [];
  const lowered = layers.filter(({ likelihood }) => likelihood.high < 0);
  if (lowered.length === 0) {
    const none = part === 'vision' ? 'No vision layer' : 'No layer';
    return [`${none} lowers the log-likelihood of the right answer beyond its interval.`];
  }
  const largest = lowered.reduce((most, one) => (one.likelihood.mean < most.likelihood.mean ? one : most));
  const { mean, low, high } = largest.likelihood;
  const size = `${signedNats(mean)} nats (${signedNats(low)} to ${signedNats(high)})`;
  return [`The log-likelihood of the right answer falls most at ${layerTitle(largest)}: ${size}.`];
}

/** "75–89 %". */
function range(low: number, high: number): string {
  return `${Math.round(100 * low)}–${tickPercent(high)}`;
}

/** Whole points, unless nothing would be left. */
function wholePoints(share: number): string {
  const whole = tickPoints(share);
  return whole === '0' ? signedPoints(share) : whole;
}
