import { duration } from '../../src/shared/format';
import type { RunStanding } from '../../src/shared/protocol/run';
import type { TrainingArm } from '../../src/shared/protocol/training';
import { frozenTitle, selectorLines, shareSentence } from '../../src/shared/trainWords';
import { button, setDisabled } from '../kit/controls';
import { element, fill, icon, setText } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { legendHeight, swatchWidth } from '../kit/legend';
import { isActive, stateLook } from '../kit/runStates';
import { sentence } from '../kit/sentence';
import { tag } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { lineSwatch } from './legend';

export interface ArmActions {
  run(id: string): void;
  cancel(id: string): void;
}

/** One arm. Its elements stay when it is drawn anew, so that a button keeps the focus and is not taken from the pointer. */
export class ArmCard {
  readonly element = element('li', { class: 'arm' });
  private readonly swatch = element('span', { class: 'swatch' });
  private readonly frozen = element('span');
  private readonly state = element('p', { class: 'state' });
  private readonly selectors = element('p', { class: 'selectors' });
  private readonly share = element('p', { class: 'muted' });
  private readonly message = element('p', { class: 'message' });
  private readonly run: HTMLElement;
  private readonly cancel: HTMLElement;
  private readonly controls: HTMLElement;
  private shownState = '';

  constructor(id: string, actions: ArmActions) {
    this.run = button({ label: 'Run', name: `Run ${id}`, icon: 'play', onClick: () => actions.run(id) });
    this.cancel = button({
      label: 'Cancel',
      name: `Cancel ${id}`,
      icon: 'stop-circle',
      onClick: () => actions.cancel(id),
    });
    this.controls = element('div', { class: 'controls' }, this.run, this.cancel);
    const title = element('div', { class: 'arm-title' }, this.swatch, element('strong', {}, id), this.frozen);
    this.element.append(title, this.state, this.selectors, this.share, this.message, this.controls);
  }

  /** @param isOwn whether it is the panel's own run, whose message and buttons are at the top of the page */
  update(
    { run, facts }: TrainingArm,
    { place, isOwn, canRun, theme }: { place: number; isOwn: boolean; canRun: boolean; theme: Theme },
  ): void {
    const line = tag('g', {}, ...lineSwatch(place, theme)(1, legendHeight / 2));
    fill(this.swatch, drawing(line, swatchWidth + 2, legendHeight, theme.fontFamily));
    setText(this.frozen, frozenTitle(facts.freeze));
    this.showState(run);
    setText(this.selectors, selectorLines(facts).join('\n'));
    this.selectors.hidden = facts.selectors.length === 0;
    setText(this.share, shareSentence(facts));
    setText(this.message, sentence(run.message ?? ''));
    this.message.hidden = isOwn || !run.message;
    const active = isActive(run);
    // A run that was set aside is not run again.
    const runnable = !active && run.state !== 'finished' && !run.id.includes('~');
    this.controls.hidden = isOwn || (!active && !runnable);
    this.run.hidden = !runnable;
    this.cancel.hidden = !active;
    setDisabled(this.run, canRun ? null : 'Nothing runs in an untrusted workspace. Trust it first.');
    setDisabled(this.cancel, run.mine === false ? 'It runs elsewhere and can only be cancelled there.' : null);
  }

  private showState({ state, done, total, secondsLeft }: RunStanding): void {
    const { label, icon: name } = stateLook(state);
    const left = state === 'running' && secondsLeft !== null ? [`${duration(secondsLeft)} left`] : [];
    const steps = state === null ? `${total} steps planned` : `${done} of ${total} steps`;
    const text = [label, ...(total > 0 ? [steps] : []), ...left].join(' · ');
    if (text === this.shownState) return;
    this.shownState = text;
    fill(this.state, icon(name, name === 'loading'), element('span', {}, text));
  }
}
