/** The words in which the panel speaks of arms. No DOM. */
import type { RunStanding } from '../../src/shared/protocol/run';
import type { TrainingState } from '../../src/shared/protocol/training';
import type { TrainFacts } from '../../src/shared/trainResults';
import { frozenTitle, methodTitle, type Metric } from '../../src/shared/trainWords';

const lossSentences: Readonly<Record<TrainFacts['method'], string>> = {
  sft: 'Mean of −log p over the tokens of the answer.',
  grpo: 'The clipped objective with its divergence. The advantages of a group sum to 0: it says less than the reward.',
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
  clipped: 'Share of tokens whose probability has moved as far as the clip lets it count.',
  length: 'Mean length of the rollouts of a step.',
  gradientNorm: 'Over all that is trained, before clipping.',
  learningRate: 'Of every step, not averaged.',
};

/** What a run trains, and how. */
export function subtitle(facts: TrainFacts, experiment: string): string {
  const { from, freeze, dataset } = facts;
  const what = from ? [`from ${from}`, methodTitle(facts), frozenTitle(freeze), dataset] : [];
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
