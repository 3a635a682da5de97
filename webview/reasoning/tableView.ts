import { percent } from '../../src/shared/format';
import type { AblateAccuracy, AblateLayer } from '../../src/shared/ablateResults';
import type { LeftOut } from '../../src/shared/evaluateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { element } from '../kit/dom';
import { interval, pValue, signedPoints } from '../kit/rates';
import { table } from '../kit/table';
import { answeredLayers, isSignificant, likelihoodLayers, partsOf, type LikelihoodLayer } from './layers';
import { partTitle, signedNats } from './wording';

interface AnswerRow {
  readonly part: string;
  readonly layer: string;
  readonly accuracy: AblateAccuracy;
  /** Null of the baseline. */
  readonly change: AblateLayer | null;
}

const changeText = (text: (change: AblateLayer) => string) => (row: AnswerRow) => (row.change ? text(row.change) : '');

/** The figures in numbers: for screen readers, and for copying. */
export class TableView {
  private readonly answers = table<AnswerRow>([
    { title: 'Part', text: ({ part }) => part, heading: true },
    { title: 'Layer', text: ({ layer }) => layer, heading: true, number: true },
    { title: 'n', text: ({ accuracy }) => String(accuracy.n), number: true },
    { title: 'Right', text: ({ accuracy }) => String(accuracy.correct), number: true },
    { title: 'Accuracy', text: ({ accuracy }) => percent(accuracy.rate), number: true },
    { title: '95 % interval', text: ({ accuracy }) => interval(accuracy.low, accuracy.high), number: true },
    {
      title: 'Difference (points)',
      text: changeText(({ difference }) => signedPoints(difference.value)),
      number: true,
    },
    {
      title: '95 % interval (paired)',
      text: changeText(({ difference }) => `${signedPoints(difference.low)}, ${signedPoints(difference.high)}`),
      number: true,
    },
    { title: 'p (McNemar)', text: changeText((change) => pNumber(change.pValue)), number: true },
    { title: 'Adjusted p (Holm)', text: changeText((change) => pNumber(change.pAdjusted)), number: true },
    { title: 'Significant', text: changeText((change) => (isSignificant(change) ? 'yes' : 'no')) },
  ]);
  private readonly likelihoods = table<LikelihoodLayer>([
    { title: 'Part', text: ({ part }) => partTitle(part), heading: true },
    { title: 'Layer', text: ({ layer }) => String(layer), heading: true, number: true },
    { title: 'n', text: ({ likelihood }) => String(likelihood.n), number: true },
    { title: 'Mean change (nats)', text: ({ likelihood }) => signedNats(likelihood.mean), number: true },
    {
      title: '95 % interval (bootstrap)',
      text: ({ likelihood }) => `${signedNats(likelihood.low)}, ${signedNats(likelihood.high)}`,
      number: true,
    },
  ]);
  private readonly leftOut = table<LeftOut>([
    { title: 'Item', text: ({ id }) => id, heading: true },
    { title: 'Why', text: ({ problem }) => problem },
  ]);
  readonly element = element(
    'div',
    { class: 'tables' },
    this.answers.element,
    this.likelihoods.element,
    this.leftOut.element,
  );

  update(state: ReasoningState): void {
    const { summary } = state;
    const parts = partsOf(state);
    const answers = answerRows(state);
    this.answers.update('Accuracy by ablated layer', answers);
    this.answers.element.hidden = answers.length === 0;
    const likelihoods = parts.flatMap((part) => likelihoodLayers(summary, part));
    this.likelihoods.update('Change in log-likelihood of the right answer by ablated layer', likelihoods);
    this.likelihoods.element.hidden = likelihoods.length === 0;
    this.leftOut.update('Items that were left out', summary.leftOut);
    this.leftOut.element.hidden = summary.leftOut.length === 0;
  }
}

function answerRows(state: ReasoningState): AnswerRow[] {
  const { summary } = state;
  const { baseline } = summary;
  const first = baseline.n > 0 ? [{ part: 'Baseline', layer: 'none', accuracy: baseline, change: null }] : [];
  const layers = partsOf(state).flatMap((part) => answeredLayers(summary, part));
  return [
    ...first,
    ...layers.map((one) => ({ part: partTitle(one.part), layer: String(one.layer), accuracy: one, change: one })),
  ];
}

/** "0.012", "< 0.001". */
function pNumber(p: number): string {
  return pValue(p).replace(/^p (= )?/, '');
}
