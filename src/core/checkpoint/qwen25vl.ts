/**
 * Qwen2.5-VL (Hugging Face transformers, `modeling_qwen2_5_vl.py`): every tensor's name, place and shape. Canonical
 * names are those on the Hub (`visual.…`, `model.layers.…`); transformers from 4.52 on writes `model.visual.…` and
 * `model.language_model.…` (`conversion_mapping.py`).
 */
import type { ExpectedTensor, Family, TensorPlace } from './family';
import { nowhere } from './family';
import type { ModelConfig, TextConfig, VisionConfig } from './modelConfig';

export const qwen25vl: Family = {
  modelType: 'qwen2_5_vl',
  supported: true,
  canonicalName: (name) => name.replace(/^model\.visual\./, 'visual.').replace(/^model\.language_model\./, 'model.'),
  place,
  expectedTensors: ({ text, vision }) => [...visionTensors(vision), ...textTensors(text)],
};

const layerPattern = /^(visual\.blocks|model\.layers)\.(0|[1-9]\d*)\.([^.]+)\./;
const layerParts = { attn: 'attention', self_attn: 'attention', mlp: 'mlp' } as const;
const layerNorms = new Set(['norm1', 'norm2', 'input_layernorm', 'post_attention_layernorm']);

function place(name: string, config: ModelConfig): TensorPlace {
  const [, stack, number, piece = ''] = layerPattern.exec(name) ?? [];
  if (stack) {
    const isVision = stack === 'visual.blocks';
    const layer = Number(number);
    if (layer >= (isVision ? config.visionLayers : config.numLayers)) return nowhere;
    const known = Object.hasOwn(layerParts, piece) ? layerParts[piece as keyof typeof layerParts] : null;
    return {
      part: isVision ? 'vision' : 'languageModel',
      layer,
      component: layerNorms.has(piece) ? 'norm' : known,
    };
  }
  if (name.startsWith('visual.merger.mlp.')) return { part: 'projector', layer: null, component: 'mlp' };
  if (name.startsWith('visual.merger.ln_q.')) return { part: 'projector', layer: null, component: 'norm' };
  if (name.startsWith('visual.patch_embed.')) return { part: 'vision', layer: null, component: null };
  if (name.startsWith('model.embed_tokens.')) return { part: 'embeddings', layer: null, component: null };
  if (name.startsWith('model.norm.')) return { part: 'languageModel', layer: null, component: 'norm' };
  if (name.startsWith('lm_head.')) return { part: 'head', layer: null, component: null };
  return nowhere;
}

function visionTensors(vision: VisionConfig): ExpectedTensor[] {
  const { hiddenSize, intermediateSize, inChannels, temporalPatchSize, patchSize, spatialMergeSize } = vision;
  const merged = hiddenSize * spatialMergeSize ** 2;
  const block = (l: number) => [
    { canonicalName: `visual.blocks.${l}.norm1.weight`, shape: [hiddenSize] },
    { canonicalName: `visual.blocks.${l}.norm2.weight`, shape: [hiddenSize] },
    ...linear(`visual.blocks.${l}.attn.qkv`, 3 * hiddenSize, hiddenSize),
    ...linear(`visual.blocks.${l}.attn.proj`, hiddenSize, hiddenSize),
    ...linear(`visual.blocks.${l}.mlp.gate_proj`, intermediateSize, hiddenSize),
    ...linear(`visual.blocks.${l}.mlp.up_proj`, intermediateSize, hiddenSize),
    ...linear(`visual.blocks.${l}.mlp.down_proj`, hiddenSize, intermediateSize),
  ];
  return [
    {
      canonicalName: 'visual.patch_embed.proj.weight',
      shape: [hiddenSize, inChannels, temporalPatchSize, patchSize, patchSize],
    },
    ...Array.from({ length: vision.numLayers }, (_, l) => block(l)).flat(),
    { canonicalName: 'visual.merger.ln_q.weight', shape: [hiddenSize] },
    ...linear('visual.merger.mlp.0', merged, merged),
    ...linear('visual.merger.mlp.2', vision.outHiddenSize, merged),
  ];
}

function textTensors(text: TextConfig): ExpectedTensor[] {
  const { hiddenSize, headSize, intermediateSize, vocabularySize } = text;
  const queryWidth = text.numHeads * headSize;
  const keyWidth = text.numKeyValueHeads * headSize;
  const layer = (l: number) => [
    { canonicalName: `model.layers.${l}.input_layernorm.weight`, shape: [hiddenSize] },
    { canonicalName: `model.layers.${l}.post_attention_layernorm.weight`, shape: [hiddenSize] },
    ...linear(`model.layers.${l}.self_attn.q_proj`, queryWidth, hiddenSize),
    ...linear(`model.layers.${l}.self_attn.k_proj`, keyWidth, hiddenSize),
    ...linear(`model.layers.${l}.self_attn.v_proj`, keyWidth, hiddenSize),
    matrix(`model.layers.${l}.self_attn.o_proj`, hiddenSize, queryWidth),
    matrix(`model.layers.${l}.mlp.gate_proj`, intermediateSize, hiddenSize),
    matrix(`model.layers.${l}.mlp.up_proj`, intermediateSize, hiddenSize),
    matrix(`model.layers.${l}.mlp.down_proj`, hiddenSize, intermediateSize),
  ];
  return [
    matrix('model.embed_tokens', vocabularySize, hiddenSize),
    ...Array.from({ length: text.numLayers }, (_, l) => layer(l)).flat(),
    { canonicalName: 'model.norm.weight', shape: [hiddenSize] },
    ...(text.tiedHead ? [] : [matrix('lm_head', vocabularySize, hiddenSize)]),
  ];
}

function matrix(module: string, rows: number, columns: number): ExpectedTensor {
  return { canonicalName: `${module}.weight`, shape: [rows, columns] };
}

function linear(module: string, rows: number, columns: number): ExpectedTensor[] {
  return [matrix(module, rows, columns), { canonicalName: `${module}.bias`, shape: [rows] }];
}
