/**
 * The formulas of group relative policy optimisation and two of its relatives, as verl 0.7 computes them:
 * - `grpo` (Shao et al., arXiv 2402.03300, equation 3): advantages over the group's deviation, each answer's mean token;
 * - `dr-grpo` (Liu et al., arXiv 2503.20783, section 3.2): no division by the deviation, nor by an answer's own length;
 * - `gspo` (Zheng et al., arXiv 2507.18071, equations 5 and 7): one ratio for the whole answer.
 */
import type { GrpoVariant } from '../../shared/trainResults';

/** What keeps the advantage of a group finite whose rewards are nearly equal (verl, `compute_grpo_outcome_advantage`). */
const advantageEpsilon = 1e-6;

/** r − mean over one group, for `dr-grpo` as it is, else over (std + ε), std with n − 1; all zero where the rewards are the same. */
export function advantagesOf(rewards: readonly number[], variant: GrpoVariant): number[] {
  if (isIdle(rewards)) return rewards.map(() => 0);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  if (variant === 'dr-grpo') return rewards.map((reward) => reward - mean);
  const squares = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (rewards.length - 1));
  return rewards.map((reward) => (reward - mean) / (deviation + advantageEpsilon));
}

/** Whether a group's answers are all worth the same: nothing can be learnt from it. */
export function isIdle(rewards: readonly number[]): boolean {
  return rewards.every((reward) => reward === rewards[0]);
}

/**
 * What each token of an answer counts in the loss: 1 / (answers · tokens of this one), so that each answer counts the
 * same, however long; for `dr-grpo` 1 / (answers · the most tokens an answer may have), the same for all (its listing 1).
 */
export function tokenWeight(variant: GrpoVariant, answers: number, tokens: number, mostTokens: number): number {
  return 1 / (answers * (variant === 'dr-grpo' ? mostTokens : tokens));
}

/** One answer, token by token; log-probabilities are natural. */
export interface ScoredAnswer {
  readonly advantage: number;
  /** Of each token in the loss. */
  readonly weight: number;
  /** Under the weights as they are. */
  readonly current: Float32Array;
  /** Under the weights that the answer was sampled with. */
  readonly old: Float32Array;
  /** Under the weights of the start; null where the divergence does not count. */
  readonly reference: Float32Array | null;
}

export interface LossSettings {
  readonly variant: GrpoVariant;
  /** How far the ratio current/old may leave 1 before it stops paying. */
  readonly clip: number;
  /** Weight of the divergence from the start. */
  readonly kl: number;
}

export interface AnswerLoss {
  readonly loss: number;
  /** Mean over the tokens of the k3 estimate exp(reference − current) − (reference − current) − 1. */
  readonly kl: number;
  /** Tokens whose ratio no longer pays. */
  readonly clipped: number;
  /** ∂loss/∂log p of every token. */
  readonly coefficients: Float32Array;
}

/**
 * weight · Σ over tokens of −min(r·A, clip(r, 1 − ε, 1 + ε)·A) + β·k3, and its derivative by the tokens'
 * log-probabilities: weight · (−r·A·[r not clipped] + β·(1 − exp(reference − current))). The ratio r is each token's
 * own; for `gspo` it is the answer's, exp(mean of current − old), whose derivative by each of n tokens is r/n: summed
 * over n equal terms that is r again.
 */
export function lossOfAnswer(
  { advantage, weight, current, old, reference }: ScoredAnswer,
  { variant, clip, kl: beta }: LossSettings,
): AnswerLoss {
  const coefficients = new Float32Array(current.length);
  const whole = variant === 'gspo' ? answerRatio(current, old) : null;
  let loss = 0;
  let divergence = 0;
  let clippedTokens = 0;
  for (let t = 0; t < current.length; t++) {
    const ratio = whole ?? Math.exp(current[t]! - old[t]!);
    const clipped = Math.min(Math.max(ratio, 1 - clip), 1 + clip);
    loss -= weight * Math.min(ratio * advantage, clipped * advantage);
    const pays = advantage >= 0 ? ratio <= 1 + clip : ratio >= 1 - clip;
    if (!pays && advantage !== 0) clippedTokens++;
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
  return { loss, kl: divergence, clipped: clippedTokens, coefficients };
}

/** The geometric mean of the tokens' ratios. */
function answerRatio(current: Float32Array, old: Float32Array): number {
  return Math.exp(current.reduce((sum, value, t) => sum + (value - old[t]!), 0) / current.length);
}
