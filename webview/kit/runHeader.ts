import { bytes, duration } from '../../src/shared/format';
import type { MemoryEstimate } from '../../src/shared/protocol/engine';
import type { RunStanding } from '../../src/shared/protocol/run';
import { button, progressBar, setDisabled } from './controls';
import { element, fill, icon, setAttributes, setText } from './dom';
import { sentence } from './sentence';
import { isActive, stateLook } from './runStates';

export interface RunHeaderActions {
  run(): void;
  cancel(): void;
  openFile(): void;
}

export interface RunHeaderContent {
  readonly subtitle: string;
  readonly run: RunStanding;
  /** False in an untrusted workspace. */
  readonly canRun: boolean;
}

/** A screen reader hears of progress this often at most; of a new state at once. */
const announceMs = 15_000;

const untrusted = 'Nothing runs in an untrusted workspace. Trust it first.';

/** What a panel shows, how far it has come, and what can be done about it. */
export class RunHeader {
  readonly element: HTMLElement;
  private readonly title = element('h1');
  private readonly subtitle = element('p', { class: 'muted' });
  private readonly state = element('p', { class: 'state' });
  private readonly message = element('p', { class: 'message' });
  private readonly refusal = element('p', { class: 'muted' }, untrusted);
  private readonly progress: HTMLProgressElement;
  private readonly live = element('p', { class: 'hidden-text', 'aria-live': 'polite' });
  private readonly run: HTMLElement;
  private readonly resume: HTMLElement;
  private readonly cancel: HTMLElement;
  private shownState = '';
  private announced = { look: '', at: 0 };

  /** @param unit what a unit of work is called, plural */
  constructor(
    actions: RunHeaderActions,
    private readonly unit: string,
  ) {
    this.progress = progressBar(`${unit[0]!.toUpperCase()}${unit.slice(1)} finished`);
    this.run = button({ label: 'Run', icon: 'play', primary: true, onClick: actions.run });
    this.resume = button({ label: 'Resume', icon: 'debug-continue', primary: true, onClick: actions.run });
    this.cancel = button({ label: 'Cancel', icon: 'stop-circle', onClick: actions.cancel });
    const open = button({ label: 'Open File', icon: 'go-to-file', onClick: actions.openFile });
    this.element = element(
      'header',
      {},
      element('div', { class: 'titles' }, this.title, this.subtitle),
      element('div', { class: 'actions' }, this.run, this.resume, this.cancel, open),
      element('div', { class: 'standing' }, this.state, this.progress, this.message, this.refusal),
      this.live,
    );
  }

  update({ subtitle, run, canRun }: RunHeaderContent): void {
    setText(this.title, run.id);
    setText(this.subtitle, subtitle);
    this.showState(run);
    setText(this.message, sentence(run.message ?? ''));
    this.message.hidden = !run.message;
    setAttributes(this.message, { class: run.state === 'failed' ? 'message failed' : 'message' });
    this.showActions(run, canRun);
    this.announce(run);
  }

  private showState(run: RunStanding): void {
    const { label, icon: name } = stateLook(run.state);
    const text = [label, ...this.details(run)].join(' · ');
    const print = `${name} ${text}`;
    if (print !== this.shownState) fill(this.state, icon(name, name === 'loading'), element('span', {}, text));
    this.shownState = print;
    this.progress.hidden = !isActive(run) && (run.done === 0 || run.done === run.total || run.state === null);
    this.progress.max = Math.max(1, run.total);
    // A bar without a value says that work goes on, and not how far.
    if (run.state === 'preparing' || run.state === 'queued') this.progress.removeAttribute('value');
    else this.progress.value = run.done;
  }

  private showActions(run: RunStanding, canRun: boolean): void {
    const active = isActive(run);
    const begun = run.done > 0 && run.state !== null;
    this.run.hidden = active || run.state === 'finished' || begun;
    this.resume.hidden = active || run.state === 'finished' || !begun;
    this.cancel.hidden = !active;
    const refusal = canRun ? null : untrusted;
    this.refusal.hidden = canRun || active || run.state === 'finished';
    setDisabled(this.run, refusal);
    setDisabled(this.resume, refusal);
    setDisabled(this.cancel, run.mine === false ? 'It runs elsewhere and can only be cancelled there.' : null);
  }

  private announce(run: RunStanding): void {
    const { label } = stateLook(run.state);
    const now = Date.now();
    if (label === this.announced.look && now - this.announced.at < announceMs) return;
    this.announced = { look: label, at: now };
    setText(this.live, [label, ...this.details(run)].join(', '));
  }

  private details({ state, done, total, secondsLeft, device, memory }: RunStanding): string[] {
    if (state === null || total === 0) return [];
    const left = state === 'running' && secondsLeft !== null ? [`${duration(secondsLeft)} left`] : [];
    const needs = memory ? [memoryText(memory)] : [];
    return [`${done} of ${total} ${this.unit}`, ...left, ...(device ? [`on ${device}`] : []), ...needs];
  }
}

/** On the processor weights are read in their files; a GPU has to hold them. */
function memoryText({ mapped, working, available, deviceFree }: MemoryEstimate): string {
  if (deviceFree === undefined) return `needs ${bytes(working)} of ${bytes(available)} free`;
  const needs = `needs ${bytes(working + mapped)}`;
  return deviceFree === null ? `${needs}, what is free is not known` : `${needs} of ${bytes(deviceFree)} free`;
}
