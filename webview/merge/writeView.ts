import { bytes } from '../../src/shared/format';
import type { MergeColumn, MergeState, MergeWriting } from '../../src/shared/protocol/merge';
import { button, progressBar, setDisabled } from '../kit/controls';
import { element, fill, icon, setText } from '../kit/dom';
import { isActive, stateLook } from '../kit/runStates';
import { sentence } from '../kit/sentence';
import { textField } from '../kit/textFields';
import { costLines, noRoom, whyNotRun } from './wording';

export interface WriteActions {
  write(output: string): void;
  cancel(step: string): void;
  show(step: string): void;
}

/** Writes the hybrid as a checkpoint, through a step of the file. */
export class WriteView {
  readonly element: HTMLElement;
  private readonly output: HTMLInputElement;
  private readonly run: HTMLElement;
  private readonly cost = element('p', { class: 'muted' });
  private readonly list = element('ul', { class: 'writings' });
  private suggested = '';
  private shown = '';

  constructor(private readonly actions: WriteActions) {
    const write = () => actions.write(this.output.value.trim());
    this.output = textField({
      label: 'Folder to write',
      value: '',
      onEnter: () => this.run.hasAttribute('disabled') || write(),
    });
    this.run = button({ label: 'Write', icon: 'save', onClick: write });
    this.element = element(
      'section',
      { class: 'card', 'aria-labelledby': 'write-title' },
      element('h2', { id: 'write-title' }, 'Write it'),
      this.cost,
      element('div', { class: 'controls' }, this.output, this.run),
      this.list,
    );
  }

  update(state: MergeState, column: MergeColumn): void {
    setText(this.cost, column.cost ? costLines(column.kind, column.cost).merge : '');
    // What was typed stays until another hybrid, or another free folder, is there.
    if (this.suggested !== column.suggestedOutput) this.output.value = this.suggested = column.suggestedOutput;
    const active = column.writings.some(({ run }) => isActive(run));
    const room = column.cost && noRoom(column.cost);
    setDisabled(this.run, whyNotRun(state, column) ?? (active ? 'It is being written.' : room));
    const print = JSON.stringify(column.writings);
    if (print === this.shown) return;
    this.shown = print;
    fill(this.list, ...column.writings.map((writing) => this.writing(writing)));
  }

  private writing({ step, output, run, result }: MergeWriting): HTMLElement {
    const { label, icon: glyph } = stateLook(run.state);
    const active = isActive(run);
    const counted = run.total > 0 ? [`${run.done} of ${run.total} tensors`] : [];
    const facts = result
      ? [`${bytes(result.bytes)}, every tensor checked against its donor`]
      : run.state === null
        ? []
        : counted;
    const bar = progressBar(`Tensors written to ${output}`);
    if (run.total > 0) bar.value = run.done / run.total;
    else bar.removeAttribute('value');
    const state = element('span', { class: 'state' }, icon(glyph, glyph === 'loading'), [label, ...facts].join(' · '));
    const acts = active
      ? run.mine !== false &&
        button({
          label: 'Cancel',
          icon: 'stop-circle',
          name: `Cancel writing ${output}`,
          onClick: () => this.actions.cancel(step),
        })
      : result && button({ label: 'Show in Checkpoints', icon: 'list-tree', onClick: () => this.actions.show(step) });
    return element(
      'li',
      {},
      element('div', { class: 'writing' }, element('code', {}, output), state, acts),
      active && bar,
      run.message &&
        element('p', { class: run.state === 'failed' ? 'message failed' : 'message' }, sentence(run.message)),
    );
  }
}
