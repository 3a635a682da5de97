/** The words in which the panel speaks of arms. No DOM. */
import { quantity } from '../../src/shared/format';
import type { RunStanding } from '../../src/shared/protocol/run';
import type { TrainingState } from '../../src/shared/protocol/training';
import type { TrainFacts } from '../../src/shared/trainResults';
import { partTitles, regionTitles } from '../../src/shared/vocabulary';
import type { Metric } from './series';

export const metricTitles: Readonly<Record<Metric, string>> = {
  loss: 'Loss',
  reward: 'Reward',
  kl: 'KL from the start',
  length: 'Length',
  gradientNorm: 'Gradient norm',
  learningRate: 'Learning rate',
};

/** What the vertical axes count in; empty for plain numbers. */
export const metricUnits: Readonly<Record<Metric, string>> = {
  loss: '',
  reward: '',
  kl: 'nats per token',
  length: 'tokens',
  gradientNorm: '',
  learningRate: '',
};

const lossSentences: Readonly<Record<TrainFacts['method'], string>> = {
  sft: 'Mean of −log p over the tokens of the answer.',
  grpo: 'The clipped objective with its divergence.',
};

/** What a metric is; the loss is another one with each method. */
export function metricSentence(metric: Metric, { arms }: Pick<TrainingState, 'arms'>): string {
  if (metric !== 'loss') return metricSentences[metric];
  const methods = [...new Set(arms.map(({ facts }) => facts.method))];
  if (methods.length === 1) return lossSentences[methods[0]!];
  return `Not one measure: the loss of ${methods.join(' and of ')} are different things.`;
}

const metricSentences: Readonly<Record<Exclude<Metric, 'loss'>, string>> = {
  reward: 'Mean over the rollouts of a step.',
  kl: 'Divergence of the policy from its start (the k3 estimate), mean per token.',
  length: 'Mean length of the rollouts of a step.',
  gradientNorm: 'Over all that is trained, before clipping.',
  learningRate: 'Of every step, not averaged.',
};

export const methodTitles: Readonly<Record<TrainFacts['method'], string>> = {
  sft: 'supervised fine-tuning',
  grpo: 'reinforcement learning (GRPO)',
};

/** `"late"` → "Late", `"4-8"` → "layers 4–7"; what else the file says stays as it is. */
export function selectorTitle(selector: string): string {
  const plain = selector.replace(/^"(.*)"$/, '$1');
  const titles: Readonly<Record<string, string>> = { ...regionTitles, ...partTitles };
  if (Object.hasOwn(titles, plain)) return titles[plain]!;
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(plain) ?? [];
  if (from === undefined) return plain.replace(/^\{(.*)\}$/, '$1');
  const last = to === undefined ? Number(from) : Number(to) - 1;
  return last > Number(from) ? `layers ${from}–${last}` : `layer ${from}`;
}

/** "Late frozen", "Early, Mid frozen", "nothing frozen". */
export function frozenTitle(freeze: readonly string[]): string {
  return freeze.length === 0 ? 'nothing frozen' : `${freeze.map(selectorTitle).join(', ')} frozen`;
}

/** "32 tensors, 1.1 M parameters". */
export function countText({ tensors, parameters }: TrainFacts['trained']): string {
  return `${tensors} ${tensors === 1 ? 'tensor' : 'tensors'}, ${quantity(parameters)} parameters`;
}

/** What each selector keeps: "Late: 32 tensors, 1.1 M parameters"; without counts where nobody has counted yet. */
export function selectorLines({ freeze, selectors }: Pick<TrainFacts, 'freeze' | 'selectors'>): string[] {
  if (selectors.length > 0) return selectors.map((one) => `${selectorTitle(one.selector)}: ${countText(one)}`);
  return freeze.map(selectorTitle);
}

/** "Trained: 98 tensors, 2.2 M parameters · frozen: 32 tensors, 1.1 M parameters (33 %)"; empty before the first run. */
export function shareSentence({ trained, frozen }: Pick<TrainFacts, 'trained' | 'frozen'>): string {
  const all = trained.parameters + frozen.parameters;
  if (all === 0) return '';
  if (frozen.tensors === 0) return `Trained: all ${countText(trained)}`;
  const share = `${Math.round((100 * frozen.parameters) / all)} %`;
  return `Trained: ${countText(trained)} · frozen: ${countText(frozen)} (${share})`;
}

/** What a run trains, and how. */
export function subtitle({ from, method, freeze, dataset }: TrainFacts, experiment: string): string {
  const what = from ? [`from ${from}`, methodTitles[method], frozenTitle(freeze), dataset] : [];
  return [...what, experiment].join(' · ');
}

/** What the panel says while there is no curve to show. */
export function emptySentence({ state }: RunStanding): string {
  switch (state) {
    case null:
      return 'Nothing has been trained yet. Press Run: the curves grow as steps are saved.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoint is being opened.';
    case 'running':
      return 'The first steps are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first steps were saved. Run it again.';
    case 'failed':
      return 'The run failed before its first steps were saved. Mend what is said above and run it again.';
    case 'finished':
      return 'The run is finished and has no steps.';
  }
}
