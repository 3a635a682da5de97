import type { TrainingState } from '../../src/shared/protocol/training';
import { frozenTitle } from '../../src/shared/trainWords';
import { CheckList, type CheckChoice } from '../kit/checkList';
import { element } from '../kit/dom';
import type { ExportButtons } from '../kit/exportButtons';
import { Selector } from '../kit/selector';
import type { TrainingModel } from './model';
import { hasResults } from './series';
import { windows } from './view';

/** Which arms lie over each other, how their lines are averaged, and when there is a way out of the panel. */
export class Options {
  readonly element = element('section', { class: 'options', 'aria-label': 'Options' });
  private readonly overlays: CheckList;
  private readonly window: Selector;

  constructor(
    private readonly model: TrainingModel,
    private readonly exports: ExportButtons,
    overlay: (id: string, shown: boolean) => void,
  ) {
    this.overlays = new CheckList('Lay over', overlay);
    this.window = new Selector('Average over', (value) => {
      model.change({ window: windows.find((window) => String(window) === value)! });
    });
    this.element.append(this.overlays.element, this.window.element);
  }

  update(state: TrainingState): void {
    const { view } = this.model;
    this.overlays.update(overlayChoices(state));
    this.window.offer(
      windows.map((window) => ({ value: String(window), label: window === 1 ? '1 step' : `${window} steps` })),
      String(view.window),
    );
    this.window.element.hidden = view.tab !== 'curves';
    this.element.hidden = this.window.element.hidden && this.overlays.element.hidden;
    const nothing = hasResults(state) ? null : 'There is nothing to export yet.';
    this.exports.refuse(nothing, ['csv']);
    this.exports.refuse(nothing ?? (view.tab === 'curves' ? null : 'Curves are exported as pictures.'), ['png', 'svg']);
  }
}

/** Every arm but the panel's own, in the order of the file, which does not change with what is shown. */
function overlayChoices({ arms, others }: TrainingState): CheckChoice[] {
  const shown = arms.slice(1);
  return others.map(({ id, freeze }) => ({
    id,
    label: `${id} (${frozenTitle(freeze)})`,
    checked: shown.some(({ run }) => run.id === id),
  }));
}
