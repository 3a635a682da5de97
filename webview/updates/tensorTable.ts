import type { UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { button, searchBox, setDisabled } from '../kit/controls';
import { element, fill, icon, setText, type Child } from '../kit/dom';
import type { UpdatesModel } from './model';
import { oneSidedList } from './oneSided';
import { shownPhases, type ShownPhase } from './phases';
import { columnsOf, nextSort, tensorRows, type TensorColumn, type TensorRow } from './tensorRows';
import type { View } from './view';
import { notFiniteText, shapeText } from './wording';

/** As many rows as are quickly drawn and scrolled through. */
const tensorsPerPage = 60;

interface PhaseColumns {
  readonly shown: ShownPhase;
  readonly columns: readonly TensorColumn[];
}

export type Reveal = (phase: number, side: 'from' | 'to', name: string) => void;

/** Every tensor in numbers: sorted by any column, filtered by name, a page at a time. */
export class TensorTable {
  readonly element = element('div', { class: 'tables' });
  private readonly filter: HTMLInputElement;
  private readonly count = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private readonly apart = element('div', {});
  private readonly pager: HTMLElement;
  private readonly back = button({ label: 'Previous tensors', icon: 'arrow-left', onClick: () => this.turn(-1) });
  private readonly forth = button({ label: 'Next tensors', icon: 'arrow-right', onClick: () => this.turn(1) });
  private shown = '';
  private shownApart = '';

  constructor(
    private readonly model: UpdatesModel,
    private readonly onReveal: Reveal,
  ) {
    this.filter = searchBox({
      label: 'Filter by name',
      onInput: (filter) => model.change({ filter, page: 0 }),
    });
    const grid = element('table', { class: 'table tensors', 'aria-label': 'Tensors' }, this.head, this.body);
    this.pager = element('nav', { class: 'controls', 'aria-label': 'Pages of tensors' }, this.back, this.forth);
    this.element.append(
      element('div', { class: 'controls' }, this.filter, this.count),
      element('div', { class: 'scroll-box', tabindex: 0, role: 'region', 'aria-label': 'Tensors' }, grid),
      this.pager,
      this.apart,
    );
  }

  update(state: UpdatesState): void {
    const { view } = this.model;
    if (this.filter.value !== view.filter) this.filter.value = view.filter;
    const rows = tensorRows(state, view);
    const last = Math.max(0, Math.ceil(rows.length / tensorsPerPage) - 1);
    const page = Math.min(view.page, last);
    const from = page * tensorsPerPage;
    const listed = rows.slice(from, from + tensorsPerPage);
    setText(this.count, countText(rows.length, from, listed.length));
    this.pager.hidden = last === 0;
    setDisabled(this.back, page > 0 ? null : 'These are the first tensors.');
    setDisabled(this.forth, page < last ? null : 'These are the last tensors.');
    const phases = shownPhases(state, view);
    const columns = phases.map((shown) => ({ shown, columns: columnsOf(shown) }));
    const titles = columns.map(({ shown, columns: own }) => [shown.title, own.map(({ id }) => id)]);
    this.showApart(phases);
    const tensors = listed.map(({ name, cells }) => [name, cells.map(({ tensor }) => tensor)]);
    const print = JSON.stringify([tensors, view.sort, titles]);
    if (print === this.shown) return;
    this.shown = print;
    this.keepFocus(() => {
      this.showHead(columns, view);
      fill(this.body, ...listed.map((row) => this.row(row, columns)));
    });
  }

  private showApart(phases: readonly ShownPhase[]): void {
    const print = JSON.stringify(phases.map(({ title, phase }) => [title, phase.onlyFrom, phase.onlyTo]));
    if (print === this.shownApart) return;
    this.shownApart = print;
    fill(this.apart, ...phases.map((shown) => oneSidedList(shown, this.onReveal)));
  }

  /** Sorting builds the head anew: the button pressed has the focus again. */
  private keepFocus(work: () => void): void {
    const { id } = document.activeElement ?? {};
    work();
    if (id && document.activeElement?.id !== id) this.head.querySelector<HTMLElement>(`#${id}`)?.focus();
  }

  private showHead(groups: readonly PhaseColumns[], { sort }: View): void {
    const title = (one: ShownPhase, { id, title: text }: TensorColumn, isFirst: boolean) => {
      const isSorted = sort.column === id && sort.phase === one.place;
      const direction = sort.descending ? 'descending' : 'ascending';
      const order = element('button', { type: 'button', class: 'sort', id: `sort-${one.place}-${id}` }, text);
      if (isSorted) order.append(icon(sort.descending ? 'arrow-down' : 'arrow-up'));
      order.addEventListener('click', () => this.model.change({ sort: nextSort(sort, id, one.place), page: 0 }));
      return element(
        'th',
        { scope: 'col', class: isFirst ? 'number phase' : 'number', 'aria-sort': isSorted ? direction : null },
        order,
      );
    };
    fill(
      this.head,
      element(
        'tr',
        {},
        element('th', { scope: 'col', rowspan: 2 }, 'Tensor'),
        ...groups.map(({ shown, columns }) =>
          element('th', { scope: 'colgroup', colspan: span(columns), class: 'phase' }, shown.title),
        ),
        element('th', { scope: 'col', rowspan: 2, class: 'phase' }, 'Type and shape'),
      ),
      element(
        'tr',
        {},
        ...groups.flatMap(({ shown, columns }) => columns.map((column, i) => title(shown, column, i === 0))),
      ),
    );
  }

  private row({ name, cells }: TensorRow, groups: readonly PhaseColumns[]): HTMLElement {
    const there = cells.filter(({ tensor }) => tensor !== undefined).at(-1)!;
    const link = element('button', { type: 'button', class: 'link', title: 'Show it among the checkpoints' }, name);
    link.addEventListener('click', () => this.onReveal(there.shown.place, 'to', there.tensor!.name));
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, link),
      ...cells.flatMap(({ tensor }, i) => tensorCells(tensor, groups[i]!.columns)),
      element('td', { class: 'muted phase' }, `${there.tensor!.dtype} ${shapeText(there.tensor!)}`),
    );
  }

  private turn(step: number): void {
    this.model.change({ page: Math.max(0, this.model.view.page + step) });
  }
}

function tensorCells(tensor: UpdatesTensor | undefined, columns: readonly TensorColumn[]): HTMLElement[] {
  const wide = (...text: Child[]) => [element('td', { colspan: span(columns), class: 'muted phase' }, ...text)];
  if (!tensor) return wide('');
  if (tensor.skipped !== undefined) return wide(`Skipped: ${tensor.skipped}`);
  const flaw = notFiniteText(tensor);
  return columns.map(({ value, text }, i) => {
    const found = value(tensor);
    const shown = found === null || found === undefined ? '' : text(found);
    const mark = i === 0 && flaw ? element('span', { class: 'flaw' }, icon('warning'), `${flaw}, left out`) : null;
    return element('td', { class: i === 0 ? 'number phase' : 'number' }, mark, shown);
  });
}

/** A phase without any number still has a column, for what is said in place of numbers. */
function span(columns: readonly TensorColumn[]): number {
  return Math.max(1, columns.length);
}

function countText(total: number, from: number, listed: number): string {
  const tensors = `${total} ${total === 1 ? 'tensor' : 'tensors'}`;
  return listed === total ? tensors : `${from + 1} to ${from + listed} of ${tensors}`;
}
