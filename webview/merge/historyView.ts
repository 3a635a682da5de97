import type { MergeState, Tried } from '../../src/shared/protocol/merge';
import { button, setDisabled } from '../kit/controls';
import { element, fill, setText } from '../kit/dom';

export interface HistoryActions {
  /** Shows the answers of a trial, and asks the same again. */
  recall(tried: Tried): void;
  /** Writes its recipe into the file again. */
  restore(id: string): void;
  clear(): void;
}

/** What was tried before, newest first. */
export class HistoryView {
  readonly element: HTMLElement;
  private readonly list = element('ol', { class: 'tried' });
  private readonly empty = element('p', { class: 'muted' }, 'Nothing was tried yet.');
  private readonly clear: HTMLElement;
  private shown = '';

  constructor(private readonly actions: HistoryActions) {
    this.clear = button({ label: 'Clear', name: 'Clear the history', icon: 'clear-all', onClick: actions.clear });
    const head = element(
      'div',
      { class: 'card-head' },
      element('h2', { id: 'tried-title' }, 'Tried before'),
      this.clear,
    );
    this.element = element('section', { class: 'card', 'aria-labelledby': 'tried-title' }, head, this.empty, this.list);
  }

  update({ tried, problem, hybrids }: MergeState): void {
    this.empty.hidden = tried.length > 0;
    this.clear.hidden = tried.length === 0;
    const hashes = new Set(hybrids.map(({ hash }) => hash));
    const print = JSON.stringify([tried, problem, [...hashes]]);
    if (print === this.shown) return;
    this.shown = print;
    fill(this.list, ...tried.map((one) => this.entry(one, problem, hashes.has(one.hash))));
  }

  private entry(tried: Tried, problem: string | null, isThere: boolean): HTMLElement {
    const { hybrid, hash, prompt, image, answers } = tried;
    const own = answers.find(({ checkpoint }) => checkpoint === hybrid);
    const answer = element('p', { class: 'tried-answer' });
    setText(answer, own ? (own.failure ?? own.text.trim()) : '');
    const recall = button({
      label: 'Show',
      name: `Show the trial of ${hybrid}`,
      onClick: () => this.actions.recall(tried),
    });
    const restore = button({
      label: 'Restore',
      name: `Restore the recipe of ${hybrid}`,
      onClick: () => this.actions.restore(tried.id),
    });
    const reason =
      problem === null ? (isThere ? 'The file has this recipe.' : null) : 'The file has an error. Mend it first.';
    setDisabled(restore, reason);
    const facts = [whenText(tried.time), `recipe ${hash}`, ...(image === null ? [] : [image])].join(' · ');
    return element(
      'li',
      {},
      element(
        'div',
        { class: 'card-head' },
        element('strong', {}, hybrid),
        element('div', { class: 'acts' }, recall, restore),
      ),
      element('p', { class: 'muted' }, facts),
      element('p', { class: 'tried-prompt' }, prompt),
      answer,
    );
  }
}

/** Day and time as the reader writes them. */
export function whenText(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
