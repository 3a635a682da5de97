import type { Device } from '../../shared/vocabulary';

/**
 * What a graph is built for. ONNX Runtime 1.30 finds a GPU's kernel only where the version of the operator is the one
 * the kernel was written for, and moves what it does not find to the CPU without a word. So a graph for a GPU is
 * written in the last opset in which it has all that models need, and whatever follows from shapes alone is an input.
 */
export interface Target {
  readonly device: Device;
  readonly opset: number;
  /** Whether shapes are worked out inside the graph. */
  readonly computesShapes: boolean;
  /** Whether outputs can stay on the device between two runs: from Node that is so on WebGPU alone. */
  readonly keepsOutputs: boolean;
  /**
   * Tokens by which answers grow in one run of the decoder. On a device where outputs cannot stay, keys and values go
   * through this process's memory once a run: there several tokens at a time.
   */
  readonly tokensPerStep: number;
  readonly products: Products;
}

/**
 * In what the linear layers of weights with 16 bits are computed: `float32`, with the weights cast to it; `float16`,
 * with half of the memory; `own`, the weights' type, where the device has kernels for bfloat16 too. Their inputs and
 * outputs, norms, softmax and the sums between layers are float32 in any case: Qwen2.5-VL's leave float16's range.
 */
export type Products = 'float32' | 'float16' | 'own';

/** Opset 23 is the first with RMSNormalization and RotaryEmbedding. */
export const processor: Target = {
  device: 'cpu',
  opset: 23,
  computesShapes: true,
  keepsOutputs: false,
  tokensPerStep: 1,
  products: 'float32',
};

export function targetOf(device: Device, products: Products = 'float32'): Target {
  if (device === 'cpu') return processor;
  const keepsOutputs = device === 'webgpu';
  return { device, opset: 21, computesShapes: false, keepsOutputs, tokensPerStep: keepsOutputs ? 1 : 8, products };
}
