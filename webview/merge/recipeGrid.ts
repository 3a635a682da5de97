import { donorsAt } from '../../src/shared/donorMap';
import { movedShare } from '../../src/shared/format';
import type { MergeColumn, MergeHeat } from '../../src/shared/protocol/merge';
import { element, fill, icon, setAttributes } from '../kit/dom';
import { translucent } from '../kit/colour';
import type { Theme } from '../kit/theme';
import type { DonorLook } from './donorLooks';
import { GridHand } from './gridHand';
import { strokeRows, type Row } from './rows';
import { worstOf } from './wording';

export interface GridContent {
  readonly rows: readonly Row[];
  readonly columns: readonly MergeColumn[];
  readonly looks: ReadonlyMap<string, DonorLook>;
  readonly heat: MergeHeat | null;
  /** The hybrid that is tried and written. */
  readonly chosen: string | null;
  /** The donor that paints. */
  readonly donor: string | null;
  readonly theme: Theme;
}

export interface GridActions {
  paint(hybrid: string, rows: readonly Row[]): void;
  toggle(key: string): void;
  choose(hybrid: string): void;
  takeDonor(number: number): void;
}

const problemIcons = { error: 'error', warning: 'warning', note: 'info' } as const;

/** A column per hybrid, a row per part, region, layer and component, the donor's letter and colour in each cell. */
export class RecipeGrid {
  readonly element = element('div', { class: 'recipe', role: 'treegrid', 'aria-label': 'Donors of the hybrids' });
  private readonly hand: GridHand;
  private content: GridContent | null = null;
  private shown = '';

  constructor(private readonly actions: GridActions) {
    this.hand = new GridHand(this.element, {
      paint: (column, from, to) => {
        const { columns, rows } = this.content!;
        const hybrid = columns[column];
        if (hybrid) actions.paint(hybrid.name, strokeRows(rows, from, to));
      },
      toggle: (row) => {
        const { key, isOpen } = this.content!.rows[row]!;
        if (isOpen !== null) actions.toggle(key);
      },
      choose: (column) => {
        const hybrid = this.content?.columns[column];
        if (hybrid) actions.choose(hybrid.name);
      },
      takeDonor: (number) => actions.takeDonor(number),
    });
  }

  update(content: GridContent): void {
    this.content = content;
    const { rows, columns, looks, heat, chosen, donor, theme } = content;
    const own = donor === null ? undefined : looks.get(donor);
    this.element.style.setProperty('--donor-fill', own?.fill ?? 'transparent');
    this.element.style.setProperty('--donor-ink', own?.ink ?? 'inherit');
    const columnPrints = columns.map((column) => [column.name, column.problems, 'donors' in column && column.donors]);
    const print = JSON.stringify([rows, columnPrints, [...looks], heat, chosen, theme]);
    if (print === this.shown) return;
    this.shown = print;
    setAttributes(this.element, { 'aria-rowcount': rows.length + 1, 'aria-colcount': columns.length + 1 });
    const hottest = Math.max(0, ...rows.flatMap(({ heat: key }) => (key && heat?.relativeEnergy[key]) || 0));
    this.hand.refill(() => {
      fill(this.element, this.heads(content), ...rows.map((row, i) => this.row(row, i, content, hottest)));
    });
  }

  private heads({ columns, chosen, heat }: GridContent): HTMLElement {
    const heads = columns.map((column) => {
      const worst = worstOf(column.problems);
      const attributes = {
        role: 'columnheader',
        class: column.name === chosen ? 'head chosen' : 'head',
        'aria-label': worst ? `${column.name}, has problems` : column.name,
        title: [column.name, ...column.problems.map(({ message }) => message)].join('\n'),
      };
      const sign = worst && element('span', { class: worst }, icon(problemIcons[worst]));
      const node = element('div', attributes, sign, element('span', { class: 'head-name' }, column.name));
      node.addEventListener('click', () => this.actions.choose(column.name));
      return node;
    });
    const corner = element('div', { role: 'columnheader', class: 'row-head muted' }, 'Layer');
    const moved = heat && element('div', { class: 'heat muted', title: heat.title, 'aria-hidden': 'true' }, heat.title);
    return element('div', { role: 'row', class: 'heads' }, corner, moved, ...heads);
  }

  private row(row: Row, index: number, content: GridContent, hottest: number): HTMLElement {
    const { level, isOpen, label, hint, name, key } = row;
    const moved = this.moved(row, content, hottest);
    const chevron = isOpen === null ? null : icon(isOpen ? 'chevron-down' : 'chevron-right');
    const head = element(
      'div',
      {
        role: 'rowheader',
        class: 'row-head',
        'data-row': index,
        'data-column': -1,
        tabindex: -1,
        title: hint,
        'aria-label': [name, ...(moved.spoken ? [moved.spoken] : [])].join(', '),
      },
      element('span', { class: 'chevron' }, chevron),
      label,
    );
    const cells = content.columns.map((column, i) => this.cell(row, index, column, i, content));
    const classes = ['row', `level-${level}`, ...(key.startsWith('region/') ? ['region'] : [])].join(' ');
    const attributes = {
      role: 'row',
      class: classes,
      'aria-level': level,
      'aria-expanded': isOpen === null ? null : String(isOpen),
    };
    return element('div', attributes, head, content.heat && moved.element, ...cells);
  }

  /** How far a row's weights moved, as a bar beside its name: longer is farther. */
  private moved(
    { heat: key }: Row,
    { heat, theme }: GridContent,
    hottest: number,
  ): { element: HTMLElement; spoken: string | null } {
    const value = key === null ? undefined : heat?.relativeEnergy[key];
    const bar = element('div', { class: 'heat', 'aria-hidden': 'true' });
    if (value === undefined || !heat) return { element: bar, spoken: null };
    const share = value === null || hottest === 0 ? 1 : value / hottest;
    const inner = element('span', { class: 'heat-bar' });
    inner.style.width = `${Math.round(100 * share)}%`;
    inner.style.background = translucent(theme.accent, 0.35 + 0.65 * share);
    bar.append(inner);
    const spoken = `moved ${movedShare(value)} in ${heat.title}`;
    bar.title = spoken;
    return { element: bar, spoken };
  }

  private cell(
    row: Row,
    index: number,
    column: MergeColumn,
    place: number,
    { looks, chosen }: GridContent,
  ): HTMLElement {
    const donors =
      column.kind === 'transplant' && column.donors
        ? [...new Set(row.places.flatMap((own) => donorsAt(column.donors!, own)))]
        : null;
    const said =
      column.kind === 'arithmetic' ? `computed by ${column.recipe.method}` : donors?.join(' and ') || 'not known';
    const attributes = {
      role: 'gridcell',
      class: column.name === chosen ? 'cell chosen' : 'cell',
      'data-row': index,
      'data-column': place,
      tabindex: -1,
      'aria-label': `${row.name}: ${said}`,
      title: `${column.name}, ${row.name}: ${said}`,
    };
    if (!donors) return element('div', attributes, column.kind === 'arithmetic' ? 'Σ' : '–');
    const known = donors.flatMap((donor) => looks.get(donor) ?? []);
    const node = element('div', attributes, known.map(({ letter }) => letter).join(' '));
    const [first] = known;
    if (first) {
      node.style.color = first.ink;
      node.style.background = known.length === 1 ? first.fill : stripes(known.map(({ fill: colour }) => colour));
    }
    return node;
  }
}

/** Where a row has several donors, each has its stripe. */
function stripes(fills: readonly string[]): string {
  const width = 9;
  const stops = fills.map((colour, i) => `${colour} ${i * width}px ${(i + 1) * width}px`);
  return `repeating-linear-gradient(135deg, ${stops.join(', ')})`;
}
