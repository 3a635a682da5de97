import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { button, select, setChoices, setDisabled } from '../kit/controls';
import { element } from '../kit/dom';
import { hasAnswers, partsOf } from './layers';
import type { ReasoningModel } from './model';
import { filters, type Filter, type Selection } from './view';
import { filterTitles, partTitle } from './wording';

/** Which items are listed: part, layer, and whether all of them. */
export class ItemChooser {
  readonly element = element('div', { class: 'controls', role: 'group', 'aria-label': 'Items to show' });
  private readonly part = select({ label: 'Part', onChange: (part) => this.choosePart(part as Selection['part']) });
  private readonly layer = select({ label: 'Layer', onChange: (layer) => this.choose({ layer: Number(layer) }) });
  private readonly only = select({
    label: 'Which items',
    onChange: (only) => this.model.change({ only: only as Filter, page: 0 }),
  });
  private readonly earlier = this.stepButton('Previous layer', 'chevron-left', -1);
  private readonly later = this.stepButton('Next layer', 'chevron-right', 1);
  private state: ReasoningState | undefined;

  constructor(private readonly model: ReasoningModel) {
    this.element.append(this.part, this.earlier, this.layer, this.later, this.only);
  }

  update(state: ReasoningState, { part, layer }: Selection, only: Filter): void {
    this.state = state;
    const parts = partsOf(state);
    const layers = this.layersOf(part);
    this.part.hidden = parts.length < 2;
    setChoices(
      this.part,
      parts.map((value) => ({ value, label: partTitle(value) })),
      part,
    );
    setChoices(
      this.layer,
      layers.map((value) => ({ value: String(value), label: `Layer ${value}` })),
      String(layer),
    );
    this.only.hidden = !hasAnswers(state);
    setChoices(
      this.only,
      filters.map((value) => ({ value, label: filterTitles[value] })),
      only,
    );
    setDisabled(this.earlier, layer > (layers[0] ?? 0) ? null : 'This is the first layer.');
    setDisabled(this.later, layer < (layers.at(-1) ?? 0) ? null : 'This is the last layer.');
  }

  private layersOf(part: Selection['part']): number[] {
    const layers = this.state?.facts.layers.filter((one) => one.part === part) ?? [];
    return layers.map(({ layer }) => layer).sort((a, b) => a - b);
  }

  /** The same layer of the other part, if it has it. */
  private choosePart(part: Selection['part']): void {
    const layers = this.layersOf(part);
    const { selected } = this.model.view;
    if (selected) this.choose({ part, layer: layers.includes(selected.layer) ? selected.layer : (layers[0] ?? 0) });
  }

  private choose(change: Partial<Selection>): void {
    const { selected } = this.model.view;
    if (selected) this.model.change({ selected: { ...selected, ...change }, page: 0 });
  }

  private stepButton(label: string, icon: string, step: number): HTMLElement {
    const onClick = () => {
      const { selected } = this.model.view;
      const layers = selected ? this.layersOf(selected.part) : [];
      const layer = selected ? layers[layers.indexOf(selected.layer) + step] : undefined;
      if (layer !== undefined) this.choose({ layer });
    };
    return button({ label, icon, iconOnly: true, onClick });
  }
}
