import { percent, quantity } from '../../shared/format';
import type { TrainSummary } from '../../shared/trainResults';

export type NamedTrainSummary = TrainSummary & { readonly step: string };

/** What a training changed, and how far it came. */
export function trainText(summary: NamedTrainSummary): string {
  const { step, from, method, output, steps, trained, frozen, loss, reward, rewardSteps, idleSteps, skipped } = summary;
  const [first, last] = loss.map((value) => (value === null ? '–' : value.toPrecision(4)));
  const counted = ({ tensors, parameters }: TrainSummary['trained']) =>
    `${tensors} tensors, ${quantity(parameters)} parameters`;
  const lines = [
    `${step}: ${from} after ${steps} steps of ${method} is in ${output}`,
    `trained  ${counted(trained)}`,
    `frozen   ${counted(frozen)}${frozen.verified && frozen.tensors > 0 ? ', verified bit for bit' : ''}`,
    `loss     ${first} → ${last}`,
    ...(reward ? [`reward   ${percent(reward[0])} → ${percent(reward[1])} (means of ${rewardSteps} steps)`] : []),
    ...(idleSteps ? [`${idleSteps} steps taught nothing: all answers to a question were worth the same`] : []),
    ...(skipped > 0 ? [`${skipped} steps were skipped: their gradient was not finite`] : []),
  ];
  return `\n${lines.join('\n')}\n\n`;
}
