import type { ProbeState } from '../../src/shared/protocol/probe';
import { checkbox, setChecked, setDisabled } from '../kit/controls';
import { CheckList, type CheckChoice } from '../kit/checkList';
import { element } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { ProbeModel } from './model';
import { functionNames } from './series';
import { functionLabel } from './wording';

export interface OptionActions {
  overlay(id: string, shown: boolean): void;
  export(format: ExportFormat): void;
}

/** What is drawn, which runs lie over each other, and the ways out of the panel. */
export class Options {
  readonly element: HTMLElement;
  private readonly overlays: CheckList;
  private readonly functions: CheckList;
  private readonly adopted: HTMLElement;
  private readonly bands: HTMLElement;
  private readonly differences: HTMLElement;
  private readonly exports: ExportButtons;

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
    this.exports = new ExportButtons(actions.export);
    const show = element('div', { role: 'group', 'aria-label': 'Show', class: 'checks' });
    show.append(element('span', { class: 'group-label' }, 'Show'), this.bands, this.adopted, this.differences);
    this.element = element('section', { class: 'options', 'aria-label': 'Options' });
    this.element.append(this.overlays.element, this.functions.element, show, this.exports.element);
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
    this.exports.refuse(empty ? 'There is nothing to export yet.' : null);
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
