/**
 * A reading of any Hugging Face transformer by the naming conventions of the library: good enough to look at a
 * checkpoint and to compare two. What fits no convention stays unplaced.
 */
import type { Component } from '../../shared/vocabulary';
import { nowhere, type Family, type TensorPlace } from './family';

/** The generic reading under the name of a model type. */
export function genericFamily(modelType: string): Family {
  return { modelType, supported: false, canonicalName, place };
}

/**
 * Spellings of one tensor lead to one name: newer files have `model.language_model.…` and `model.vision_tower.…` where
 * older ones have `language_model.model.…` or `model.…`, and `vision_tower.…`.
 */
function canonicalName(name: string): string {
  return name
    .replace(/^language_model\.lm_head\./, 'lm_head.')
    .replace(/^(model\.language_model|language_model\.model)\./, 'model.')
    .replace(/^model\.(visual|vision_tower|vision_model|multi_modal_projector|audio_tower)\./, '$1.');
}

/** Matches any of `words` as a whole piece of a dotted name. */
function piece(words: string): RegExp {
  return new RegExp(`(?:^|\\.)(?:${words})(?=\\.|$)`);
}

const elsewhere = piece('audio_tower|audio_model|audio_encoder|speech_encoder|talker|token2wav');
const projector = piece(
  'multi_modal_projector|mm_projector|vision_projector|projector|connector|aligner|mlp1|resampler|' +
    'merger|merger_list|deepstack_merger_list|patch_merger',
);
const vision = piece(
  'visual|vision_tower|vision_model|vision_encoder|vision_backbone|image_tower|image_encoder|vit|vpm',
);
const head = piece('lm_head|embed_out|^output');
const embeddings = piece('embed_tokens|wte|word_embeddings|tok_embeddings|embed_in');
const layer = /(?:^|\.)(?:layers|h|blocks|block|layer|resblocks)\.(0|[1-9]\d{0,4})\.(.+)$/;
const finalNorm = /^(?:model\.|transformer\.|gpt_neox\.|decoder\.)*(?:norm|ln_f|final_layernorm|final_layer_norm)\./;

const attention = piece('self_attn|attn|attention|self_attention|cross_attn|linear_attn');
const mlp = piece('mlp|ffn|feed_forward|block_sparse_moe|moe|experts|shared_expert|fc\\d|linear_fc\\d');
const norm = /(?:^|\.)(?:[a-z_]*norm[a-z0-9_]*|ln_?[a-z0-9]*)(?=\.|$)/i;
const matrix = piece('linear(?:_\\w+)?|proj|fc\\d|\\d+');

function place(name: string): TensorPlace {
  if (elsewhere.test(name)) return nowhere;
  if (projector.test(name)) return { part: 'projector', layer: null, component: projectorComponent(name) };
  const [, number, rest = ''] = layer.exec(name) ?? [];
  const within = number === undefined ? outsideLayers(name) : { layer: Number(number), component: component(rest) };
  if (vision.test(name)) return { part: 'vision', ...within };
  if (head.test(name)) return { part: 'head', layer: null, component: null };
  if (embeddings.test(name)) return { part: 'embeddings', layer: null, component: null };
  if (number !== undefined) return { part: 'languageModel', ...within };
  if (finalNorm.test(name)) return { part: 'languageModel', layer: null, component: 'norm' };
  return nowhere;
}

function outsideLayers(name: string): Pick<TensorPlace, 'layer' | 'component'> {
  return { layer: null, component: norm.test(name) ? 'norm' : null };
}

/** @param name what follows the layer's number */
function component(name: string): Component | null {
  if (attention.test(name)) return 'attention';
  if (mlp.test(name)) return 'mlp';
  return norm.test(name) ? 'norm' : null;
}

function projectorComponent(name: string): Component | null {
  if (norm.test(name)) return 'norm';
  return mlp.test(name) || matrix.test(name) ? 'mlp' : null;
}
