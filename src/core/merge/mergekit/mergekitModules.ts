/** The modules that mergekit divides Qwen2.5-VL into, and their tensors (`_data/architectures/qwen2_5_vl.json`). */
import type { Component } from '../../../shared/vocabulary';

export const moduleNames = ['text_decoder', 'multi_modal_projector', 'vision_tower'] as const;

/** mergekit gives the projector two layers and names its matrices in both. */
export const projectorLayers = 2;

export const embeddingsName = 'model.embed_tokens.weight';
export const finalNormName = 'model.norm.weight';
export const headName = 'lm_head.weight';
export const patchName = 'visual.patch_embed.proj.weight';
export const projectorNames = ['ln_q.weight', 'mlp.0.weight', 'mlp.0.bias', 'mlp.2.weight', 'mlp.2.bias'].map(
  (name) => `visual.merger.${name}`,
);

type LayerNames = (layer: number) => Readonly<Record<Component, readonly string[]>>;

const weightAndBias = (name: string): string[] => [`${name}.weight`, `${name}.bias`];

export const decoderLayerNames: LayerNames = (layer) => {
  const inLayer = (names: readonly string[]): string[] => names.map((name) => `model.layers.${layer}.${name}`);
  const queries = ['q_proj', 'k_proj', 'v_proj'].flatMap((name) => weightAndBias(`self_attn.${name}`));
  return {
    attention: inLayer([...queries, 'self_attn.o_proj.weight']),
    mlp: inLayer(['gate_proj', 'up_proj', 'down_proj'].map((name) => `mlp.${name}.weight`)),
    norm: inLayer(['input_layernorm.weight', 'post_attention_layernorm.weight']),
  };
};

export const visionLayerNames: LayerNames = (layer) => {
  const inLayer = (names: readonly string[]): string[] => names.map((name) => `visual.blocks.${layer}.${name}`);
  return {
    attention: inLayer(['qkv', 'proj'].flatMap((name) => weightAndBias(`attn.${name}`))),
    mlp: inLayer(['gate_proj', 'up_proj', 'down_proj'].flatMap((name) => weightAndBias(`mlp.${name}`))),
    norm: inLayer(['norm1.weight', 'norm2.weight']),
  };
};
