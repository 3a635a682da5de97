import type { TrainingArm, TrainingHostSurface, TrainingState } from '../../src/shared/protocol/training';
import type { TrainSample } from '../../src/shared/trainResults';
import { element, fill, icon, setText } from '../kit/dom';
import { significant } from '../kit/numbers';
import { Selector } from '../kit/selector';
import type { TrainingModel } from './model';
import type { View } from './view';

type Query = TrainingHostSurface['samples']['params'];

/** Rollouts of a step of an arm: what the model said, and what that was worth. */
export class SamplesView {
  readonly element = element('div', {});
  private readonly arm: Selector;
  private readonly step: Selector;
  private readonly chooser: HTMLElement;
  private readonly empty = element('p', { class: 'empty' });
  private readonly summary = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly list = element('ol', { class: 'samples', 'aria-label': 'Rollouts' });
  private asked = '';
  private request: AbortController | undefined;

  constructor(
    private readonly model: TrainingModel,
    private readonly ask: (query: Query, signal: AbortSignal) => Promise<readonly TrainSample[]>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.arm = new Selector('Arm', (arm) => model.change({ arm, step: null }));
    this.step = new Selector('Step', (value) => model.change({ step: Number(value) }));
    this.chooser = element('div', { class: 'controls chooser' }, this.arm.element, this.step.element);
    this.element.append(this.chooser, this.empty, this.summary, this.list);
  }

  update(state: TrainingState): void {
    const { view } = this.model;
    const arm = chosenArm(state, view);
    this.arm.offer(
      state.arms.map(({ run }) => ({ value: run.id, label: run.id })),
      arm.run.id,
    );
    this.arm.element.hidden = state.arms.length < 2;
    const step = chosenStep(arm, view);
    setText(this.empty, step === null ? whyNone(arm) : '');
    for (const node of [this.step.element, this.summary, this.list]) node.hidden = step === null;
    this.empty.hidden = step !== null;
    if (step === null) return;
    this.step.offer(
      arm.sampled.map((sampled) => ({ value: String(sampled), label: String(sampled) })),
      String(step),
    );
    const query = { run: arm.run.id, step };
    const asked = JSON.stringify(query);
    if (asked === this.asked) return;
    this.asked = asked;
    void this.guard(this.load(query));
  }

  private async load(query: Query): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.list.setAttribute('aria-busy', 'true');
    try {
      const samples = await this.ask(query, request.signal);
      if (request !== this.request) return;
      fill(this.list, ...samples.map(sampleView));
      const what = samples.length === 1 ? '1 rollout' : `${samples.length} rollouts`;
      setText(
        this.summary,
        `${what} of step ${query.step} of ${query.run}, sampled from the weights before that step.`,
      );
    } catch (error) {
      if (request === this.request) this.asked = '';
      throw error;
    } finally {
      if (request === this.request) this.list.removeAttribute('aria-busy');
    }
  }
}

/** The arm chosen while it is shown, else the panel's own. */
function chosenArm({ arms }: TrainingState, view: View): TrainingArm {
  return arms.find(({ run }) => run.id === view.arm) ?? arms[0];
}

/** The step chosen, or the last with rollouts up to it; the last of all where none is chosen. */
function chosenStep({ sampled }: TrainingArm, { step }: View): number | null {
  if (step === null) return sampled.at(-1) ?? null;
  return sampled.filter((candidate) => candidate <= step).at(-1) ?? sampled[0] ?? null;
}

function whyNone({ facts }: TrainingArm): string {
  return facts.method === 'sft'
    ? 'Supervised fine-tuning learns from given answers: it has no rollouts.'
    : 'There are no rollouts yet: some are kept with the first step after each saved state.';
}

function sampleView({ id, text, reward }: TrainSample): HTMLElement {
  const [name, what] = reward >= 1 ? ['pass', 'right'] : reward > 0 ? ['color-mode', 'partly'] : ['error', 'wrong'];
  return element(
    'li',
    { class: 'sample' },
    element(
      'p',
      { class: 'sample-title' },
      element('span', { class: 'sample-id' }, id),
      element('span', { class: `reward ${what}` }, icon(name), `reward ${significant(reward)}`),
    ),
    text === '' ? element('p', { class: 'muted' }, '(empty)') : element('p', { class: 'sample-text' }, text),
  );
}
