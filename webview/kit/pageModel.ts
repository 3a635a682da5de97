import type { PageMemory } from './host';

/** What there is (the host's state) and what is shown of it (the view), with one listener that draws both. */
export class PageModel<State, View extends { readonly scroll: number }> {
  state: State | null = null;
  view: View;
  private drawing = false;

  /** @param restore makes a view of what was kept, from anybody */
  constructor(
    private readonly memory: PageMemory,
    restore: (kept: unknown) => View,
    private readonly draw: () => void,
  ) {
    this.view = restore(memory.shown);
  }

  receive(state: State): void {
    this.state = state;
    this.schedule();
  }

  change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    this.memory.keep(this.view);
    this.schedule();
  }

  /** Kept without drawing: the reader scrolls often, and what is drawn does not depend on it. */
  keepScroll(scroll: number): void {
    this.view = { ...this.view, scroll };
    this.memory.keep(this.view);
  }

  /** Draws once for all changes before the next frame. */
  schedule(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }
}
