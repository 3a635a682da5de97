import type { ProbeState } from '../../src/shared/protocol/probe';
import { button, select, setChoices, setDisabled } from '../kit/controls';
import { element } from '../kit/dom';
import type { ProbeModel } from './model';
import { functionNames } from './series';
import { filters, type Filter, type Selection } from './view';
import { functionLabel, runLabels } from './wording';

const filterLabels: Readonly<Record<Filter, string>> = { all: 'All pairs', changed: 'Changed', adopted: 'Adopted' };

/** Which pairs are listed: run, function, layer, and whether all of them. */
export class PairChooser {
  readonly element = element('div', { class: 'controls', role: 'group', 'aria-label': 'Pairs to show' });
  private readonly function = select({ label: 'Function', onChange: (name) => this.choose({ function: name }) });
  private readonly layer = select({ label: 'Layer', onChange: (layer) => this.choose({ layer: Number(layer) }) });
  private readonly run = select({ label: 'Run', onChange: (run) => this.model.change({ run, page: 0 }) });
  private readonly only = select({
    label: 'Which pairs',
    onChange: (only) => this.model.change({ only: only as Filter, page: 0 }),
  });
  private readonly earlier = this.stepButton('Previous layer', 'chevron-left', -1);
  private readonly later = this.stepButton('Next layer', 'chevron-right', 1);
  private layers: readonly number[] = [];

  constructor(private readonly model: ProbeModel) {
    this.element.append(this.run, this.function, this.earlier, this.layer, this.later, this.only);
  }

  update(state: ProbeState, { function: name, layer }: Selection, run: string): void {
    const labels = runLabels(state.runs);
    this.layers = layersOf(state, name);
    this.run.hidden = labels.size < 2;
    setChoices(
      this.run,
      [...labels].map(([value, label]) => ({ value, label })),
      run,
    );
    setChoices(
      this.function,
      functionNames(state).map((value) => ({ value, label: functionLabel(value) })),
      name,
    );
    setChoices(
      this.layer,
      this.layers.map((value) => ({ value: String(value), label: `Layer ${value}` })),
      String(layer),
    );
    setChoices(
      this.only,
      filters.map((value) => ({ value, label: filterLabels[value] })),
      this.model.view.only,
    );
    setDisabled(this.earlier, layer > (this.layers[0] ?? 0) ? null : 'This is the first layer.');
    setDisabled(this.later, layer < (this.layers.at(-1) ?? 0) ? null : 'This is the last layer.');
  }

  private choose(part: Partial<Selection>): void {
    const { selected } = this.model.view;
    if (selected) this.model.change({ selected: { ...selected, ...part }, page: 0 });
  }

  private stepButton(label: string, icon: string, step: number): HTMLElement {
    const onClick = () => {
      const { selected } = this.model.view;
      const layer = selected ? this.layers[this.layers.indexOf(selected.layer) + step] : undefined;
      if (layer !== undefined) this.choose({ layer });
    };
    return button({ label, icon, iconOnly: true, onClick });
  }
}

/** Layers of a function in any of the runs, ascending, with or without pairs. */
function layersOf({ runs }: ProbeState, name: string): number[] {
  const curves = runs.flatMap((run) => run.curves.filter((curve) => curve.function === name));
  const layers = new Set(curves.flatMap(({ points }) => points.map(({ layer }) => layer)));
  return [...layers].sort((a, b) => a - b);
}
