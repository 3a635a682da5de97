import { element, fill, setText } from './dom';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers stand right. */
  readonly number?: boolean;
  /** Names the row. */
  readonly heading?: boolean;
}

export interface Table<Row> {
  readonly element: HTMLElement;
  /** Rebuilds the rows when they differ from those shown. */
  update(caption: string, rows: readonly Row[]): void;
}

/** A real table in a box that scrolls sideways: for screen readers, and for copying. */
export function table<Row>(columns: readonly Column<Row>[]): Table<Row> {
  const caption = element('caption');
  const titles = columns.map(({ title, number }) =>
    element('th', { scope: 'col', class: number ? 'number' : null }, title),
  );
  const body = element('tbody');
  const grid = element('table', { class: 'table' }, caption, element('thead', {}, element('tr', {}, ...titles)), body);
  const box = element('div', { class: 'scroll-box', tabindex: 0, role: 'region' }, grid);
  let shown = '';
  return {
    element: box,
    update(title, rows) {
      setText(caption, title);
      box.setAttribute('aria-label', title);
      const texts = rows.map((row) => columns.map(({ text }) => text(row)));
      const print = JSON.stringify(texts);
      if (print === shown) return;
      shown = print;
      fill(body, ...texts.map((cells) => element('tr', {}, ...cells.map((text, i) => cell(columns[i]!, text)))));
    },
  };
}

function cell<Row>({ heading, number }: Column<Row>, text: string): HTMLElement {
  const attributes = { class: number ? 'number' : null };
  return heading ? element('th', { scope: 'row', ...attributes }, text) : element('td', attributes, text);
}
