import type { RunStanding } from '../../src/shared/protocol/run';
import { element } from './dom';
import type { Notice } from './notice';
import { RunHeader, type RunHeaderActions } from './runHeader';
import { ScrollReturn } from './scrollReturn';

/** What a page of a run stands in: its header, what goes wrong, and the content once the run has been read. */
export class RunFrame {
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;

  /**
   * @param unit what the run counts, plural
   * @param scroll where the page stood before it was loaded again, in pixels
   */
  constructor(
    actions: RunHeaderActions,
    unit: string,
    private readonly note: Notice,
    scroll: number,
    ...content: readonly HTMLElement[]
  ) {
    this.scroll = new ScrollReturn(scroll);
    this.header = new RunHeader(actions, unit);
    this.content = element('main', {}, ...content);
    this.content.hidden = true;
    this.element = element('div', { class: 'page' }, this.header.element, note.element, this.loading, this.content);
  }

  /** Shows how the run stands. */
  update(subtitle: string, run: RunStanding, canRun: boolean): void {
    this.loading.hidden = true;
    this.content.hidden = false;
    document.title = run.id;
    this.header.update({ subtitle, run, canRun });
    if (run.message) this.note.retract(run.message);
  }

  /** After a reload, once everything stands where it stood. */
  returnToScroll(): void {
    this.scroll.go();
  }
}
