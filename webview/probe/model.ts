import type { ProbeRun, ProbeState } from '../../src/shared/protocol/probe';
import type { PageMemory } from '../kit/host';
import { restoreView, type View } from './view';

/** What there is (the host's state) and what is shown of it (the view), with one listener that draws both. */
export class ProbeModel {
  state: ProbeState | null = null;
  view: View;
  private drawing = false;

  constructor(
    private readonly memory: PageMemory,
    private readonly draw: () => void,
  ) {
    this.view = restoreView(memory.shown);
  }

  receive(state: ProbeState): void {
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

/** The run whose pairs are listed: the one chosen while it is shown, else the panel's own. */
export function listedRun(state: ProbeState, view: View): ProbeRun | undefined {
  return state.runs.find(({ id }) => id === view.run) ?? state.runs[0];
}
