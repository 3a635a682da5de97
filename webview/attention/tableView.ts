import type { AttentionDifference, AttentionPoint } from '../../src/shared/attentionResults';
import type { LeftOut } from '../../src/shared/evaluateResults';
import type { AttentionState } from '../../src/shared/protocol/attention';
import { element } from '../kit/dom';
import { pValue } from '../kit/rates';
import { table, type Column } from '../kit/table';
import { checkpointLabel, isSignificant, pointsOf } from './series';
import type { Measure } from './view';
import { differenceText, estimateText, spanTitles } from './wording';

interface MeanRow {
  readonly label: string;
  readonly point: AttentionPoint;
}

interface DifferenceRow {
  readonly label: string;
  readonly point: AttentionDifference;
}

interface Fact {
  readonly name: string;
  readonly text: string;
}

/** Every number of the run, and what it rests on. */
export class TableView {
  private readonly facts = table<Fact>([
    { title: 'What', text: ({ name }) => name, heading: true },
    { title: 'In this run', text: ({ text }) => text },
  ]);
  private readonly leftOut = table<LeftOut>([
    { title: 'Item', text: ({ id }) => id, heading: true },
    { title: 'Why', text: ({ problem }) => problem },
  ]);
  private readonly means = table<MeanRow>([
    { title: 'Layer', text: ({ point }) => String(point.layer), heading: true, number: true },
    { title: 'Checkpoint', text: ({ label }) => label, heading: true },
    { title: 'n', text: ({ point }) => String(point.n), number: true },
    ...estimates<MeanRow>((measure, { value, ends }) => estimateText(measure, { value, ends })),
    { title: 'Sink', text: ({ point }) => estimateText('sink', { value: point.sink, ends: null }), number: true },
  ]);
  private readonly differences = table<DifferenceRow>([
    { title: 'Layer', text: ({ point }) => String(point.layer), heading: true, number: true },
    { title: 'Difference (points)', text: ({ label }) => label, heading: true },
    { title: 'n', text: ({ point }) => String(point.n), number: true },
    ...estimates<DifferenceRow>((measure, { value, ends }) => {
      const [low, high] = ends.map((end) => differenceText(measure, end));
      return `${differenceText(measure, value)} [${low}, ${high}]`;
    }),
    { title: 'Adjusted p (mass)', text: ({ point }) => pValue(point.pAdjusted).replace(/^p (= )?/, ''), number: true },
    { title: 'Significant', text: ({ point }) => (isSignificant(point) ? 'yes' : 'no') },
  ]);
  readonly element = element(
    'div',
    { class: 'tables' },
    this.facts.element,
    this.leftOut.element,
    this.means.element,
    this.differences.element,
  );

  update(state: AttentionState): void {
    const { facts, checkpoints, summary } = state;
    this.facts.update('What the numbers rest on', [
      { name: 'Checkpoints', text: checkpoints.map(checkpointLabel).join(', ') },
      { name: 'Data set', text: facts.dataset },
      { name: 'Items', text: String(facts.items.length) },
      {
        name: 'Text read',
        text: facts.text === 'own' ? 'each checkpoint its own answers' : `answers of ${facts.text}`,
      },
      { name: 'Attention of', text: spanTitles[facts.span] },
      { name: 'Layers', text: String(facts.layers.length) },
    ]);
    this.leftOut.update('Left out', summary.leftOut);
    this.leftOut.element.hidden = summary.leftOut.length === 0;
    const means = checkpoints.flatMap((checkpoint) =>
      pointsOf(state, checkpoint.name).map((point) => ({ label: checkpointLabel(checkpoint), point })),
    );
    this.means.update('Attention by layer and checkpoint, with 95 % intervals', byLayer(means));
    this.means.element.hidden = means.length === 0;
    const differences = summary.differences.flatMap(({ a, b, layers }) =>
      layers.filter(({ n }) => n > 0).map((point) => ({ label: `${b} − ${a}`, point })),
    );
    this.differences.update('Differences by layer, with 95 % intervals', byLayer(differences));
    this.differences.element.hidden = differences.length === 0;
  }
}

type Compared = Exclude<Measure, 'sink'>;

/** A column for each measure that has an interval. */
function estimates<Row extends { readonly point: Omit<AttentionPoint, 'sink'> }>(
  write: (measure: Compared, estimate: { value: number; ends: readonly [number, number] }) => string,
): Column<Row>[] {
  return [
    {
      title: 'Mass',
      text: ({ point }) => write('mass', { value: point.mass, ends: [point.low, point.high] }),
      number: true,
    },
    {
      title: 'Per image token',
      text: ({ point }) => write('perToken', { value: point.perToken, ends: [point.perTokenLow, point.perTokenHigh] }),
      number: true,
    },
    {
      title: 'Without sinks',
      text: ({ point }) =>
        write('withoutSinks', { value: point.withoutSinks, ends: [point.withoutSinksLow, point.withoutSinksHigh] }),
      number: true,
    },
  ];
}

/** Layer by layer, so that checkpoints stand below each other. */
function byLayer<Row extends { readonly point: { readonly layer: number } }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.point.layer - b.point.layer);
}
