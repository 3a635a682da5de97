export interface HandActions {
  /** Paints the cells of a column from one row to another. */
  paint(column: number, from: number, to: number): void;
  /** Opens or closes a row. */
  toggle(row: number): void;
  /** The hand is at a column. */
  choose(column: number): void;
  /** Takes the donor of this number, from 1. */
  takeDonor(number: number): void;
}

interface Reach {
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Paints in a grid, by pointer and by keyboard: click or drag; arrows go from cell to cell, with Shift they reach
 * further, Enter or Space paints, 1 to 9 take a donor, Escape lets go. One stop of the Tab key, as the ARIA Authoring
 * Practices have it. Cells carry `data-row` and `data-column`; the heads of rows are column -1.
 */
export class GridHand {
  private row = 0;
  private column = 0;
  /** Where a stroke of the pointer, or what Shift reaches, begins. */
  private anchor: number | null = null;
  private stroke: Reach | null = null;
  private refilling = false;

  constructor(
    private readonly grid: HTMLElement,
    private readonly actions: HandActions,
  ) {
    grid.addEventListener('keydown', (event) => this.press(event));
    grid.addEventListener('pointerdown', (event) => this.begin(event));
    grid.addEventListener('pointermove', ({ clientX, clientY }) => this.reach(clientX, clientY));
    grid.addEventListener('focusin', ({ target }) => {
      if (placeOf(target) && target instanceof HTMLElement && !this.refilling) this.settle(target, true);
    });
    window.addEventListener('pointerup', () => this.end());
    window.addEventListener('pointercancel', () => this.letGo());
  }

  /** Does `work`, after which the cells are other ones: the place and the focus stay where they were. */
  refill(work: () => void): void {
    const hadFocus = this.grid.contains(document.activeElement) && placeOf(document.activeElement) !== null;
    work();
    const cell = this.cell(this.row, this.column) ?? this.nearest();
    // The focus comes back by itself here: nobody has chosen the column again.
    this.refilling = true;
    if (cell) this.settle(cell, hadFocus);
    this.refilling = false;
    this.mark();
  }

  private press(event: KeyboardEvent): void {
    const place = placeOf(event.target);
    if (!place || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.act(event, place)) event.preventDefault();
  }

  private act({ key, shiftKey }: KeyboardEvent, { row, column }: Place): boolean {
    if (/^[1-9]$/.test(key)) this.actions.takeDonor(Number(key));
    else if (key === 'Enter' || key === ' ') this.use(row, column);
    else if (key === 'Escape') this.letGo();
    else return this.move(key, shiftKey);
    return true;
  }

  private use(row: number, column: number): void {
    if (column < 0) return this.actions.toggle(row);
    const from = this.anchor ?? row;
    this.letGo();
    this.actions.paint(column, from, row);
  }

  private move(key: string, reaches: boolean): boolean {
    const places: Record<string, [number, number]> = {
      ArrowUp: [this.row - 1, this.column],
      ArrowDown: [this.row + 1, this.column],
      ArrowLeft: [this.row, this.column - 1],
      ArrowRight: [this.row, this.column + 1],
      PageUp: [Math.max(0, this.row - 10), this.column],
      PageDown: [Math.min(this.lastRow(), this.row + 10), this.column],
      Home: [this.row, -1],
      End: [this.row, this.lastColumn()],
    };
    const place = places[key];
    if (!place) return false;
    const vertical = place[1] === this.column;
    this.anchor = reaches && vertical && this.column >= 0 ? (this.anchor ?? this.row) : null;
    const next = this.cell(...place);
    if (next) this.settle(next, true);
    this.mark();
    return true;
  }

  private begin(event: PointerEvent): void {
    const place = placeOf(event.target);
    if (!place || event.button !== 0) return;
    event.preventDefault(); // no selection of text, and the focus goes where we say
    this.settle(this.cell(place.row, place.column)!, true);
    if (place.column < 0) return this.actions.toggle(place.row);
    this.anchor = null;
    this.stroke = { column: place.column, from: place.row, to: place.row };
    this.mark();
  }

  private reach(x: number, y: number): void {
    if (!this.stroke) return;
    const place = placeOf(document.elementFromPoint(x, y));
    if (!place || place.row === this.stroke.to) return;
    this.stroke = { ...this.stroke, to: place.row };
    this.mark();
  }

  private end(): void {
    if (!this.stroke) return;
    const { column, from, to } = this.stroke;
    this.letGo();
    this.actions.paint(column, from, to);
  }

  private letGo(): void {
    this.stroke = null;
    this.anchor = null;
    this.mark();
  }

  /** The cells that are reached look so, and say so. */
  private mark(): void {
    const reach =
      this.stroke ?? (this.anchor === null ? null : { column: this.column, from: this.anchor, to: this.row });
    for (const cell of this.grid.querySelectorAll<HTMLElement>('[role=gridcell]')) {
      const { row, column } = placeOf(cell)!;
      const [low, high] = reach ? [Math.min(reach.from, reach.to), Math.max(reach.from, reach.to)] : [0, -1];
      const isReached = reach?.column === column && row >= low && row <= high && !this.isSkipped(cell, low, high);
      cell.classList.toggle('stroke', isReached && this.stroke !== null);
      cell.classList.toggle('reached', isReached && this.stroke === null);
      cell.setAttribute('aria-selected', String(isReached));
    }
  }

  /** A stroke over several rows leaves out those whose insides it reaches. */
  private isSkipped(cell: HTMLElement, low: number, high: number): boolean {
    return low !== high && cell.parentElement?.getAttribute('aria-expanded') === 'true';
  }

  private settle(cell: HTMLElement, focus: boolean): void {
    const { row, column } = placeOf(cell)!;
    this.row = row;
    this.column = column;
    for (const other of this.grid.querySelectorAll<HTMLElement>('[data-row][tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
    if (focus && document.activeElement !== cell) cell.focus();
    if (focus && column >= 0 && !this.refilling) this.actions.choose(column);
  }

  private cell(row: number, column: number): HTMLElement | null {
    return this.grid.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`);
  }

  private nearest(): HTMLElement | null {
    return this.cell(Math.min(this.row, this.lastRow()), Math.min(this.column, this.lastColumn()));
  }

  private lastRow(): number {
    return this.grid.querySelectorAll('[data-column="-1"]').length - 1;
  }

  private lastColumn(): number {
    return this.grid.querySelectorAll('[data-row="0"]').length - 2;
  }
}

interface Place {
  readonly row: number;
  readonly column: number;
}

function placeOf(target: unknown): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
  return cell ? { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) } : null;
}
