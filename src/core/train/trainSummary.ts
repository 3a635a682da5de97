import type { TrainFacts, TrainRow, TrainSummary } from '../../shared/trainResults';

/** Steps over which the first and the last reward are taken: one step's alone says little. */
const rewardSteps = 20;

/** @param rows all of them, in order */
export function summariseTrain(facts: TrainFacts, rows: readonly TrainRow[]): TrainSummary {
  const { from, method, output, steps, trained, frozen } = facts;
  const rewards = rows.flatMap(({ reward }) => (reward === undefined ? [] : [reward]));
  const span = Math.min(rewardSteps, rewards.length);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    from,
    method,
    output,
    steps,
    trained,
    frozen,
    loss: [rows[0]?.loss ?? null, rows.at(-1)?.loss ?? null],
    ...(span > 0 ? { reward: [mean(rewards.slice(0, span)), mean(rewards.slice(-span))], rewardSteps: span } : {}),
    ...(method === 'grpo' ? { idleSteps: rows.filter(({ idle }) => idle === 1).length } : {}),
    skipped: rows.filter(({ skipped }) => skipped).length,
  };
}
