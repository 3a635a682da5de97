/** The formulas of group relative policy optimisation (Shao et al., arXiv 2402.03300), as verl 0.7 computes them. */

/** What keeps the advantage of a group finite whose rewards are nearly equal (verl, `compute_grpo_outcome_advantage`). */
const advantageEpsilon = 1e-6;

/** (r − mean) / (std + ε) over one group, std with n − 1; all zero where the rewards are the same. */
export function advantagesOf(rewards: readonly number[]): number[] {
  if (isIdle(rewards)) return rewards.map(() => 0);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (rewards.length - 1));
  return rewards.map((reward) => (reward - mean) / (deviation + advantageEpsilon));
}

/** Whether a group's answers are all worth the same: nothing can be learnt from it. */
export function isIdle(rewards: readonly number[]): boolean {
  return rewards.every((reward) => reward === rewards[0]);
}

/** One answer, token by token; log-probabilities are natural. */
export interface ScoredAnswer {
  readonly advantage: number;
  /** Of each token in the loss: 1 / (answers · tokens of this one). */
  readonly weight: number;
  /** Under the weights as they are. */
  readonly current: Float32Array;
  /** Under the weights that the answer was sampled with. */
  readonly old: Float32Array;
  /** Under the weights of the start; null where the divergence does not count. */
  readonly reference: Float32Array | null;
}

export interface LossSettings {
  /** How far the ratio current/old may leave 1 before it stops paying. */
  readonly clip: number;
  /** Weight of the divergence from the start. */
  readonly kl: number;
}

export interface AnswerLoss {
  readonly loss: number;
  /** Mean over the tokens of the k3 estimate exp(reference − current) − (reference − current) − 1. */
  readonly kl: number;
  /** ∂loss/∂log p of every token. */
  readonly coefficients: Float32Array;
}

/**
 * weight · Σ over tokens of −min(r·A, clip(r, 1 − ε, 1 + ε)·A) + β·k3, and its derivative by the tokens'
 * log-probabilities: weight · (−r·A·[r not clipped] + β·(1 − exp(reference − current))).
 */
export function lossOfAnswer(
  { advantage, weight, current, old, reference }: ScoredAnswer,
  { clip, kl: beta }: LossSettings,
): AnswerLoss {
  const coefficients = new Float32Array(current.length);
  let loss = 0;
  let divergence = 0;
  for (let t = 0; t < current.length; t++) {
    const ratio = Math.exp(current[t]! - old[t]!);
    const clipped = Math.min(Math.max(ratio, 1 - clip), 1 + clip);
    loss -= weight * Math.min(ratio * advantage, clipped * advantage);
    const pays = advantage >= 0 ? ratio <= 1 + clip : ratio >= 1 - clip;
    let slope = pays ? -ratio * advantage : 0;
    if (reference) {
      const lead = reference[t]! - current[t]!;
      const k3 = Math.exp(lead) - lead - 1;
      divergence += k3 / current.length;
      loss += weight * beta * k3;
      slope += beta * (1 - Math.exp(lead));
    }
    coefficients[t] = weight * slope;
  }
  return { loss, kl: divergence, coefficients };
}
