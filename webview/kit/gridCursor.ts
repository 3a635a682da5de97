export interface GridActions {
  /** The pointer or the keyboard is at a cell, or at none. */
  onPoint(cell: HTMLElement | null): void;
  onChoose(cell: HTMLElement): void;
}

/**
 * Walks a grid by the pattern of the ARIA Authoring Practices: one stop of the Tab key, arrows go from cell to cell, Home
 * and End to the ends of a row, Enter chooses. The place survives when the grid is filled anew.
 */
export class GridCursor {
  private row = 0;
  private column = 0;

  constructor(
    private readonly grid: HTMLElement,
    private readonly actions: GridActions,
  ) {
    grid.addEventListener('keydown', (event) => this.press(event));
    grid.addEventListener('pointerover', ({ target }) => actions.onPoint(this.cellOf(target)));
    grid.addEventListener('pointerleave', () => actions.onPoint(null));
    grid.addEventListener('focusin', ({ target }) => {
      const cell = this.cellOf(target);
      if (cell) actions.onPoint(cell);
    });
    grid.addEventListener('focusout', () => actions.onPoint(null));
    grid.addEventListener('click', ({ target }) => {
      const cell = this.cellOf(target);
      if (!cell) return;
      this.goTo(cell);
      actions.onChoose(cell);
    });
  }

  /** Does `work`, after which the cells are other ones: one of them becomes the stop, and has the focus if one had it. */
  refill(work: () => void): void {
    const hadFocus = this.cellOf(document.activeElement) !== null && this.grid.contains(document.activeElement);
    work();
    const rows = this.rows();
    this.row = Math.min(this.row, Math.max(0, rows.length - 1));
    this.column = Math.min(this.column, Math.max(0, (rows[this.row]?.length ?? 0) - 1));
    for (const cell of rows.flat()) cell.tabIndex = -1;
    const stop = rows[this.row]?.[this.column];
    if (stop) stop.tabIndex = 0;
    if (hadFocus) stop?.focus();
  }

  private press(event: KeyboardEvent): void {
    const cell = this.cellOf(event.target);
    if (!cell) return;
    if (event.key === 'Enter' || event.key === ' ') this.actions.onChoose(cell);
    else if (!this.move(event.key)) return;
    event.preventDefault();
  }

  private move(key: string): boolean {
    const rows = this.rows();
    const last = (rows[this.row]?.length ?? 1) - 1;
    const places: Record<string, [number, number]> = {
      ArrowRight: [this.row, this.column + 1],
      ArrowLeft: [this.row, this.column - 1],
      ArrowDown: [this.row + 1, this.column],
      ArrowUp: [this.row - 1, this.column],
      Home: [this.row, 0],
      End: [this.row, last],
    };
    const place = places[key];
    if (!place) return false;
    const next = rows[place[0]]?.[place[1]];
    if (next) this.goTo(next);
    return true;
  }

  private goTo(cell: HTMLElement): void {
    const rows = this.rows();
    this.row = rows.findIndex((cells) => cells.includes(cell));
    this.column = rows[this.row]!.indexOf(cell);
    for (const other of rows.flat()) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }

  private rows(): HTMLElement[][] {
    return [...this.grid.querySelectorAll('[role=row]')].map((row) => [
      ...row.querySelectorAll<HTMLElement>('[role=gridcell]'),
    ]);
  }

  private cellOf(target: EventTarget | null): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>('[role=gridcell]') : null;
  }
}
