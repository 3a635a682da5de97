import { percent } from '../../src/shared/format';
import type { ProbeState } from '../../src/shared/protocol/probe';
import type { SwapPoint } from '../../src/shared/swapResults';
import { element } from '../kit/dom';
import { interval, pValue, significance, signedPoints } from '../kit/rates';
import { table } from '../kit/table';
import { factsOf, type Facts } from './facts';
import { functionSeries, type DifferencePoint, type FunctionSeries } from './series';

interface Named<Point> {
  readonly function: string;
  readonly label: string;
  readonly point: Point;
}

/** The charts in numbers: for screen readers, and for copying. */
export class TableView {
  private readonly rates = table<Named<SwapPoint>>([
    { title: 'Function', text: (row) => row.function, heading: true },
    { title: 'Layer', text: ({ point }) => String(point.layer), heading: true, number: true },
    { title: 'Run', text: ({ label }) => label, heading: true },
    { title: 'n', text: ({ point }) => String(point.n), number: true },
    { title: 'Changed', text: ({ point }) => String(point.changed), number: true },
    { title: 'Change rate', text: ({ point }) => percent(point.rate), number: true },
    { title: '95 % interval', text: ({ point }) => interval(point.low, point.high), number: true },
    { title: 'Adopted', text: ({ point }) => String(point.adopted), number: true },
    { title: 'Adopted rate', text: ({ point }) => percent(point.adoptedRate), number: true },
  ]);
  private readonly differences = table<Named<DifferencePoint>>([
    { title: 'Function', text: (row) => row.function, heading: true },
    { title: 'Layer', text: ({ point }) => String(point.layer), heading: true, number: true },
    { title: 'Runs', text: ({ label }) => label, heading: true },
    { title: 'n', text: ({ point }) => String(point.n), number: true },
    { title: 'Difference (points)', text: ({ point }) => signedPoints(point.difference), number: true },
    {
      title: '95 % interval',
      text: ({ point }) => `${signedPoints(point.low)}, ${signedPoints(point.high)}`,
      number: true,
    },
    { title: 'Adjusted p', text: ({ point }) => pValue(point.pAdjusted).replace(/^p (= )?/, ''), number: true },
    { title: 'Significant', text: ({ point }) => (point.pAdjusted < significance ? 'yes' : 'no') },
  ]);
  private readonly facts = table<Facts>([
    { title: 'Function', text: (row) => row.function, heading: true },
    { title: 'Run', text: ({ label }) => label, heading: true },
    { title: 'n', text: ({ n }) => String(n), number: true },
    { title: 'Skipped: grids differ', text: ({ tokens }) => String(tokens), number: true },
    { title: 'Skipped: unreadable', text: ({ unreadable }) => String(unreadable), number: true },
    { title: 'Equal answers (in n)', text: ({ sameAnswer }) => String(sameAnswer), number: true },
    { title: 'Device', text: ({ device }) => device ?? '' },
  ]);
  readonly element = element(
    'div',
    { class: 'tables' },
    this.rates.element,
    this.differences.element,
    this.facts.element,
  );

  update(state: ProbeState, hidden: readonly string[]): void {
    const series = functionSeries(state, hidden);
    this.facts.update('What the curves rest on', factsOf(state));
    this.rates.update('Change and adopted rates by function, layer and run', rows(series, 'runs'));
    const differences = rows(series, 'differences');
    this.differences.update('Differences in the change rate between runs', differences);
    this.differences.element.hidden = differences.length === 0;
  }
}

/** Layer by layer, so that runs stand below each other. */
function rows<K extends 'runs' | 'differences'>(
  series: readonly FunctionSeries[],
  key: K,
): Named<FunctionSeries[K][number]['points'][number]>[] {
  return series.flatMap((one) => {
    const named = one[key].flatMap(({ label, points }) =>
      points.map((point) => ({ function: one.label, label, point })),
    );
    return named.sort((a, b) => a.point.layer - b.point.layer);
  });
}
