import type { AttentionState } from '../../src/shared/protocol/attention';
import { CheckList } from '../kit/checkList';
import { checkbox, setChecked, setDisabled } from '../kit/controls';
import { element } from '../kit/dom';
import type { ExportButtons } from '../kit/exportButtons';
import type { AttentionModel } from './model';
import { Selector, offered } from '../kit/selector';
import { checkpointLabel, comparisonOf, hasResults } from './series';
import { measures, scales, type Measure, type MapScale, type View } from './view';
import { measureTitles, scaleTitles } from './wording';

type Check = 'bands' | 'root' | 'under';

/** What is drawn on each tab, and when there is a way out of the panel. */
export class Options {
  readonly element = element('section', { class: 'options', 'aria-label': 'Options' });
  private readonly checkpoints: CheckList;
  private readonly measure: Selector;
  private readonly pair: Selector;
  private readonly scale: Selector;
  private readonly checks: Readonly<Record<Check, HTMLElement>>;

  constructor(
    private readonly model: AttentionModel,
    private readonly exports: ExportButtons,
  ) {
    this.checkpoints = new CheckList('Checkpoints', (name, isShown) => {
      const others = model.view.hidden.filter((hidden) => hidden !== name);
      model.change({ hidden: isShown ? others : [...others, name] });
    });
    this.measure = new Selector('Measure', (value) => model.change({ measure: value as Measure }));
    this.pair = new Selector('Difference', (value) => model.change({ pair: JSON.parse(value) as View['pair'] }));
    this.scale = new Selector('Colours', (value) => model.change({ scale: value as MapScale }));
    const check = (key: Check, label: string, title: string) =>
      checkbox({ label, title, checked: model.view[key], onChange: (value) => model.change({ [key]: value }) });
    this.checks = {
      bands: check('bands', 'Intervals', '95 % bootstrap intervals over items'),
      root: check('root', 'Square root', 'Colours go by the square root of attention: what is weak is seen too'),
      under: check('under', 'Image below', 'The image in grey below the maps'),
    };
    const selectors = [this.measure, this.pair, this.scale].map((selector) => selector.element);
    this.element.append(this.checkpoints.element, ...selectors, ...Object.values(this.checks));
  }

  update(state: AttentionState): void {
    const { view } = this.model;
    const { tab } = view;
    const several = state.checkpoints.length > 1;
    const choices = state.checkpoints.map((checkpoint) => ({
      id: checkpoint.name,
      label: checkpointLabel(checkpoint),
      checked: !view.hidden.includes(checkpoint.name),
    }));
    this.checkpoints.update(several ? choices : []);
    this.measure.offer(offered(measures, measureTitles), view.measure);
    this.scale.offer(offered(scales, scaleTitles), view.scale);
    const pairs = state.summary.differences.map(({ a, b }) => ({ value: keyOf({ a, b }), label: `${b} − ${a}` }));
    const shown = comparisonOf(state, view);
    this.pair.offer(pairs, shown ? keyOf(shown) : '');
    this.measure.element.hidden = tab !== 'layers';
    this.pair.element.hidden = tab !== 'layers' || pairs.length < 2;
    this.scale.element.hidden = tab !== 'image';
    setDisabled(this.pair.control, view.measure === 'sink' ? 'Sinks are not compared.' : null);
    for (const key of ['bands', 'root', 'under'] as const) {
      this.checks[key].hidden = tab !== (key === 'bands' ? 'layers' : 'image');
      setChecked(this.checks[key], view[key]);
    }
    this.element.hidden = tab === 'table';
    const nothing = hasResults(state) ? null : 'There is nothing to export yet.';
    this.exports.refuse(nothing, ['csv']);
    this.exports.refuse(nothing ?? (tab === 'table' ? 'The table is exported as CSV.' : null), ['png', 'svg']);
  }
}

function keyOf({ a, b }: { readonly a: string; readonly b: string }): string {
  return JSON.stringify({ a, b });
}
