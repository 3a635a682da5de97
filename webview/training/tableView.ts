import type { TrainingArm, TrainingState } from '../../src/shared/protocol/training';
import type { TrainPoint } from '../../src/shared/trainResults';
import { countText, frozenTitle, methodTitle, selectorTitle } from '../../src/shared/trainWords';
import { element } from '../kit/dom';
import { significant } from '../kit/numbers';
import { stateLook } from '../kit/runStates';
import { table } from '../kit/table';

interface StepRow {
  readonly id: string;
  readonly point: TrainPoint;
}

type Selector = TrainingArm['facts']['selectors'][number] & { readonly id: string };

/** Every number of the arms that are shown, and what they rest on. */
export class TableView {
  private readonly arms = table<TrainingArm>([
    { title: 'Arm', text: ({ run }) => run.id, heading: true },
    { title: 'State', text: ({ run }) => stateLook(run.state).label },
    { title: 'Steps', text: ({ run, facts }) => `${run.done} of ${facts.steps}`, number: true },
    { title: 'From', text: ({ facts }) => facts.from },
    { title: 'Method', text: ({ facts }) => methodTitle(facts) },
    { title: 'Frozen', text: ({ facts }) => frozenTitle(facts.freeze) },
    { title: 'What is frozen', text: ({ facts }) => counted(facts.frozen) },
    { title: 'What is trained', text: ({ facts }) => counted(facts.trained) },
    { title: 'Data set', text: ({ facts }) => facts.dataset },
    { title: 'Output', text: ({ facts }) => facts.output },
    { title: 'Device', text: ({ run }) => run.device ?? '–' },
  ]);
  private readonly selectors = table<Selector>([
    { title: 'Arm', text: ({ id }) => id, heading: true },
    { title: 'Selector', text: ({ selector }) => selectorTitle(selector), heading: true },
    { title: 'Tensors', text: ({ tensors }) => String(tensors), number: true },
    { title: 'Parameters', text: ({ parameters }) => String(parameters), number: true },
  ]);
  private readonly steps = table<StepRow>([
    { title: 'Arm', text: ({ id }) => id, heading: true },
    { title: 'Step', text: ({ point }) => String(point.step), heading: true, number: true },
    { title: 'Loss', text: ({ point }) => number(point.loss), number: true },
    { title: 'Reward', text: ({ point }) => number(point.reward), number: true },
    { title: 'KL (nats per token)', text: ({ point }) => number(point.kl), number: true },
    { title: 'Length (tokens)', text: ({ point }) => number(point.length), number: true },
    { title: 'Idle groups', text: ({ point }) => number(point.idle), number: true },
    { title: 'Gradient norm', text: ({ point }) => number(point.gradientNorm), number: true },
    { title: 'Learning rate', text: ({ point }) => number(point.learningRate), number: true },
    { title: 'Clipped tokens (share)', text: ({ point }) => number(point.clipped), number: true },
    { title: 'Skipped', text: ({ point }) => (point.skipped ? 'yes' : '–') },
  ]);
  readonly element = element('div', { class: 'tables' }, this.arms.element, this.selectors.element, this.steps.element);

  update({ arms }: TrainingState): void {
    this.arms.update('Arms', arms);
    const selectors = arms.flatMap(({ run, facts }) => facts.selectors.map((one) => ({ id: run.id, ...one })));
    this.selectors.update('What each selector keeps', selectors);
    this.selectors.element.hidden = selectors.length === 0;
    const steps = arms.flatMap(({ run, points }) => points.map((point) => ({ id: run.id, point })));
    this.steps.update('Step by step; idle: share of groups whose rollouts all had one reward', steps);
    this.steps.element.hidden = steps.length === 0;
  }
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : significant(value, 4);
}

function counted(count: TrainingArm['facts']['trained']): string {
  return count.tensors === 0 ? '–' : countText(count);
}
