import type { ProbeState } from '../../src/shared/protocol/probe';
import { button, checkbox, setChecked, setDisabled } from '../kit/controls';
import { element, fill } from '../kit/dom';
import type { ProbeModel } from './model';
import { functionNames } from './series';
import { functionLabel } from './wording';

export type ExportFormat = 'png' | 'svg' | 'csv';

export interface OptionActions {
  overlay(id: string, shown: boolean): void;
  export(format: ExportFormat): void;
}

const formats: readonly ExportFormat[] = ['png', 'svg', 'csv'];

/** What is drawn, which runs lie over each other, and the ways out of the panel. */
export class Options {
  readonly element: HTMLElement;
  private readonly overlays: CheckList;
  private readonly functions: CheckList;
  private readonly adopted: HTMLElement;
  private readonly bands: HTMLElement;
  private readonly differences: HTMLElement;
  private readonly exports: readonly HTMLElement[];

  constructor(
    private readonly model: ProbeModel,
    actions: OptionActions,
  ) {
    this.overlays = new CheckList('Lay over', actions.overlay);
    this.functions = new CheckList('Functions', (name, shown) => {
      const others = model.view.hidden.filter((hidden) => hidden !== name);
      model.change({ hidden: shown ? others : [...others, name] });
    });
    this.bands = checkbox({
      label: 'Intervals',
      title: '95 % Wilson intervals of the change rates',
      checked: model.view.bands,
      onChange: (bands) => model.change({ bands }),
    });
    this.adopted = checkbox({
      label: 'Adopted rate',
      title: 'Share of pairs whose answer becomes that of the source image',
      checked: model.view.adopted,
      onChange: (adopted) => model.change({ adopted }),
    });
    this.differences = checkbox({
      label: 'Differences',
      title: 'Each further run less the first, pair by pair, with paired 95 % intervals',
      checked: model.view.differences,
      onChange: (differences) => model.change({ differences }),
    });
    this.exports = formats.map((format) => {
      const label = format.toUpperCase();
      return button({ label, name: `Export ${label}`, onClick: () => actions.export(format) });
    });
    const show = element('div', { role: 'group', 'aria-label': 'Show', class: 'checks' });
    show.append(element('span', { class: 'group-label' }, 'Show'), this.bands, this.adopted, this.differences);
    const exports = element('div', { role: 'group', 'aria-label': 'Export', class: 'exports' });
    exports.append(element('span', { class: 'group-label' }, 'Export'), ...this.exports);
    this.element = element('section', { class: 'options', 'aria-label': 'Options' });
    this.element.append(this.overlays.element, this.functions.element, show, exports);
  }

  update(state: ProbeState): void {
    const { view } = this.model;
    this.overlays.update(overlayChoices(state));
    const names = functionNames(state);
    const functions = names.map((name) => ({
      id: name,
      label: functionLabel(name),
      checked: !view.hidden.includes(name),
    }));
    this.functions.update(names.length > 1 ? functions : []);
    setChecked(this.adopted, view.adopted);
    setChecked(this.bands, view.bands);
    setChecked(this.differences, view.differences && state.comparisons.length > 0);
    setDisabled(this.differences, state.comparisons.length > 0 ? null : 'Lay another run with results over this one.');
    const empty = !state.runs.some(({ curves }) => curves.some(({ points }) => points.some(({ n }) => n > 0)));
    for (const control of this.exports) setDisabled(control, empty ? 'There is nothing to export yet.' : null);
  }
}

interface CheckChoice {
  readonly id: string;
  readonly label: string;
  readonly checked: boolean;
}

/** Checkboxes for a list that can change; those that stay keep their element, and the focus with it. */
class CheckList {
  readonly element: HTMLElement;
  private readonly boxes = new Map<string, HTMLElement>();
  private shown = '';

  constructor(
    private readonly label: string,
    private readonly onChange: (id: string, checked: boolean) => void,
  ) {
    this.element = element('div', { role: 'group', 'aria-label': label, class: 'checks' });
  }

  update(choices: readonly CheckChoice[]): void {
    this.element.hidden = choices.length === 0;
    const print = JSON.stringify(choices.map(({ id, label }) => [id, label]));
    if (print !== this.shown) {
      this.shown = print;
      this.boxes.clear();
      for (const { id, label, checked } of choices) {
        this.boxes.set(id, checkbox({ label, checked, onChange: (value) => this.onChange(id, value) }));
      }
      fill(this.element, element('span', { class: 'group-label' }, this.label), ...this.boxes.values());
    }
    for (const { id, checked } of choices) setChecked(this.boxes.get(id)!, checked);
  }
}

/** Every run but the panel's own, in an order that does not change with what is shown. */
function overlayChoices({ runs, others }: ProbeState): CheckChoice[] {
  const shown = runs.slice(1);
  const all = new Map([...others, ...shown].map((run) => [run.id, run]));
  const sorted = [...all.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return sorted.map(({ id, checkpoint, mode }) => ({
    id,
    label: `${checkpoint} (${id}${mode === runs[0]?.mode ? '' : `, ${mode}`})`,
    checked: shown.some((run) => run.id === id),
  }));
}
