import type { MergeColumn, MergeState, PickedImage } from '../../src/shared/protocol/merge';
import { button, setDisabled } from '../kit/controls';
import { element, setText } from '../kit/dom';
import { numberField, textArea } from '../kit/textFields';
import { AnswerCards } from './answerCards';
import type { Trial } from './trialRun';
import type { View } from './view';
import { costLines, whyNotRun } from './wording';

export interface TryActions {
  prompt(text: string): void;
  tokens(count: number): void;
  pickImage(): void;
  forgetImage(): void;
  try(): void;
  cancel(): void;
}

/** Tries the hybrid before it exists: its answer beside those of its donors. */
export class TryView {
  readonly element: HTMLElement;
  private readonly prompt: HTMLTextAreaElement;
  private readonly tokens: HTMLInputElement;
  private readonly run: HTMLElement;
  private readonly cancel: HTMLElement;
  private readonly cost = element('p', { class: 'muted' });
  private readonly picture = element('img', { class: 'picture', hidden: true });
  private readonly pictureName = element('span', { class: 'muted' });
  private readonly forget: HTMLElement;
  private readonly said = element('p', { class: 'muted', role: 'status' });
  private readonly answers = new AnswerCards();

  constructor(view: View, actions: TryActions) {
    this.prompt = textArea({
      label: 'Prompt',
      value: view.prompt,
      placeholder: 'A question, the same for all',
      onInput: actions.prompt,
    });
    this.prompt.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) actions.try();
    });
    this.tokens = numberField({
      label: 'New tokens at most',
      value: view.maxNewTokens,
      min: 1,
      max: 32_768,
      onChange: actions.tokens,
    });
    this.run = button({ label: 'Try', icon: 'play', primary: true, onClick: actions.try });
    this.cancel = button({ label: 'Cancel', icon: 'stop-circle', onClick: actions.cancel });
    const pick = button({ label: 'Choose Image…', icon: 'file-media', onClick: actions.pickImage });
    this.forget = button({ label: 'Without the Image', icon: 'close', iconOnly: true, onClick: actions.forgetImage });
    const image = element('div', { class: 'image' }, pick, this.picture, this.pictureName, this.forget);
    const length = element('label', { class: 'length muted' }, 'Tokens at most ', this.tokens);
    const acts = element('div', { class: 'controls' }, this.run, this.cancel, length);
    this.element = element(
      'section',
      { class: 'card', 'aria-labelledby': 'try-title' },
      element('h2', { id: 'try-title' }, 'Try it'),
      this.cost,
      this.prompt,
      image,
      acts,
      this.said,
      this.answers.element,
    );
  }

  update(state: MergeState, column: MergeColumn, view: View, image: PickedImage | null, trial: Trial | null): void {
    setText(this.cost, column.cost ? costLines(column.kind, column.cost).trial : '');
    if (document.activeElement !== this.prompt && this.prompt.value !== view.prompt) this.prompt.value = view.prompt;
    const refusal = whyNotRun(state, column) ?? (view.prompt.trim() === '' ? 'Ask something first.' : null);
    setDisabled(this.run, refusal);
    this.run.hidden = trial?.running === true;
    this.cancel.hidden = trial?.running !== true;
    setText(this.pictureName, image?.name ?? '');
    this.forget.hidden = image === null;
    this.picture.hidden = !image?.address;
    if (image?.address && this.picture.src !== image.address) {
      this.picture.src = image.address;
      this.picture.alt = image.name;
    }
    setText(this.said, saidOf(trial));
    this.answers.element.hidden = trial === null;
    if (trial) this.answers.update(trial.answers, trial.hybrid, trial.running ? trial.expected : []);
  }
}

function saidOf(trial: Trial | null): string {
  if (!trial) return '';
  if (trial.running) return `${trial.hybrid} is tried, virtually: nothing is written.`;
  return trial.from === null ? `${trial.hybrid} was tried, virtually.` : `${trial.hybrid} was tried on ${trial.from}.`;
}
