import type { Parameters } from './gradientEngine';

export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** What AdamW keeps of one tensor. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Updates so far. */
  updates: number;
}

/**
 * AdamW with decoupled weight decay and bias correction (Loshchilov and Hutter, arXiv 1711.05101), in the order of
 * operations of PyTorch's `torch/optim/adamw.py`, its state in float32. Only what is trained has a state; nothing else
 * is ever written to.
 */
export class AdamW {
  /** By canonical name, in the order of the trained tensors. */
  readonly moments: ReadonlyMap<string, Moments>;

  constructor(
    private readonly parameters: Parameters,
    private readonly settings: AdamWSettings,
  ) {
    this.moments = new Map(
      [...parameters.trained].map((name) => {
        const { length } = parameters.values.get(name)!;
        return [name, { first: new Float32Array(length), second: new Float32Array(length), updates: 0 }];
      }),
    );
  }

  /**
   * One update. Tensors that took no part in the loss are left alone, weight decay included, as PyTorch leaves those
   * without a gradient.
   * @param scale what gradients are multiplied with first
   */
  update(
    gradients: ReadonlyMap<string, Float32Array>,
    learningRate: number,
    scale: number,
    tookPart: (name: string) => boolean,
  ): void {
    for (const [name, moments] of this.moments) {
      if (!tookPart(name)) continue;
      moments.updates++;
      const weights = this.parameters.values.get(name)!;
      updateTensor(weights, gradients.get(name)!, moments, this.settings, learningRate, scale);
    }
  }
}

function updateTensor(
  weights: Float32Array,
  gradient: Float32Array,
  { first, second, updates }: Moments,
  { beta1, beta2, epsilon, weightDecay }: AdamWSettings,
  learningRate: number,
  scale: number,
): void {
  const decay = 1 - learningRate * weightDecay;
  const stepSize = learningRate / (1 - beta1 ** updates);
  const rootOfCorrection = Math.sqrt(1 - beta2 ** updates);
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]! * scale;
    first[i]! += (g - first[i]!) * (1 - beta1);
    second[i] = second[i]! * beta2 + g * g * (1 - beta2);
    const size = Math.sqrt(second[i]!) / rootOfCorrection + epsilon;
    weights[i] = weights[i]! * decay - (stepSize * first[i]!) / size;
  }
}

/** Euclidean norm over all tensors together; not finite where one of the numbers is not. */
export function gradientNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (const value of gradient) sum += value * value;
  }
  return Math.sqrt(sum);
}

/** What gradients of norm `norm` are multiplied with to stay within `largest` (torch.nn.utils.clip_grad_norm_). */
export function clipScale(norm: number, largest: number | undefined): number {
  return largest === undefined ? 1 : Math.min(1, largest / (norm + 1e-6));
}
