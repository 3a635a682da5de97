/** What it means when two config.json differ in a field. */
import { cannotCombine, changesAnswers, harmless, unread, type SidecarRule } from './sidecarStatement';

// Sizes are shapes: a tensor of one donor does not fit where that of the other stood.
const shape = cannotCombine('Tensors have other shapes.');
// The matrices may have the same shape and still be cut into other heads: their rows mean something else.
const heads = cannotCombine('Attention is cut into other heads, so the same rows of its matrices mean something else.');
// The layers of a hybrid run with the skeleton's settings, whatever they were trained with.
const arithmetic = (what: string) =>
  changesAnswers(`${what}; the layers of a hybrid run with the skeleton's, also those trained with another.`);

const rules: Readonly<Record<string, SidecarRule>> = {
  model_type: cannotCombine('Models of different architecture have no layers in common.'),
  hidden_size: shape,
  intermediate_size: shape,
  num_hidden_layers: cannotCombine('Layers of the deeper model have no counterpart.'),
  num_attention_heads: heads,
  num_key_value_heads: heads,
  head_dim: heads,
  // Only embeddings and head have a row per token: a donor of layers alone may differ here.
  vocab_size: cannotCombine('Embeddings and head have another number of rows.'),
  // The head of a tied donor is its embedding matrix: whether a hybrid can be made so is said when it is put together.
  tie_word_embeddings: harmless('The head is a matrix of its own in one and the embedding matrix in the other.'),

  rms_norm_eps: arithmetic('Norms add another epsilon'),
  hidden_act: arithmetic('MLPs have another activation'),
  rope_theta: arithmetic('Positions turn at other frequencies'),
  rope_scaling: arithmetic('Positions are scaled otherwise'),
  mrope_section: arithmetic('Other frequencies belong to time, height and width'),
  sliding_window: arithmetic('Attention sees another window'),
  quantization_config: changesAnswers('Weights are quantised in another way, and quantised weights are not run here.'),

  'vision_config.depth': cannotCombine('Layers of the deeper vision tower have no counterpart.'),
  'vision_config.hidden_size': shape,
  'vision_config.num_heads': heads,
  'vision_config.intermediate_size': shape,
  'vision_config.in_channels': shape,
  'vision_config.patch_size': shape,
  'vision_config.temporal_patch_size': shape,
  'vision_config.spatial_merge_size': shape,
  'vision_config.out_hidden_size': shape,
  'vision_config.window_size': arithmetic('The vision tower attends within other windows'),
  'vision_config.fullatt_block_indexes': arithmetic('Other layers of the vision tower attend to the whole image'),
  'vision_config.rope_theta': arithmetic('Positions in the image turn at other frequencies'),
  'vision_config.hidden_act': arithmetic('The vision tower has another activation'),
  // Only the time between frames of a video is counted with it.
  'vision_config.tokens_per_second': harmless('It counts for videos only.'),

  // Where this token stands its embedding is replaced by the image, so no tensor depends on it; the prompt does.
  image_token_id: changesAnswers('Another token stands for a piece of an image, so images land elsewhere or nowhere.'),
  // transformers finds images by it when it counts positions; here positions follow the image tokens themselves.
  vision_start_token_id: changesAnswers('Hugging Face transformers finds images by it when it counts positions.'),
  vision_end_token_id: harmless('No software is known to read it; the chat template writes the token.'),
  vision_token_id: harmless('No software is known to read it; the chat template writes the token.'),
  video_token_id: harmless('It counts for videos only.'),
  bos_token_id: harmless('Prompts begin as the chat template says.'),
  pad_token_id: harmless('Sequences are padded where attention does not look.'),

  dtype: harmless('Each tensor has its own type in its file, and that one counts.'),
  'vision_config.dtype': harmless('Each tensor has its own type in its file, and that one counts.'),
  transformers_version: harmless('It says which version wrote the file.'),
  _name_or_path: harmless('It says where the model was loaded from when it was saved.'),
  use_cache: harmless('It changes how fast answers are computed, not what they are.'),
  max_position_embeddings: harmless('No tensor depends on it; longer prompts than it says may be answered badly.'),
  initializer_range: harmless('It counts only before training.'),
  attention_dropout: harmless('It counts only during training.'),
};

// The spellings of other families, whose files are compared word for word.
const similar: readonly (readonly [RegExp, SidecarRule])[] = [
  [/^(n_layer|n_layers|num_layers)$/, rules.num_hidden_layers!],
  [/^vision_config\.(num_hidden_layers|num_layers)$/, rules['vision_config.depth']!],
  [/^vision_config\.num_attention_heads$/, heads],
  [/^(n_embd|d_model)$|^vision_config\.(image_size|num_channels|projection_dim)$/, shape],
  [/^(vision_config\.)?(layer_norm_eps|layer_norm_epsilon)$/, rules.rms_norm_eps!],
  [/^rope_(scaling|parameters)\./, rules.rope_scaling!],
  [/^image_token_index$/, rules.image_token_id!],
  [/^(use_sliding_window|max_window_layers|layer_types)$/, rules.sliding_window!],
];

/** @param field as a flat config.json names it */
export function configRule(field: string): SidecarRule {
  if (Object.hasOwn(rules, field)) return rules[field]!;
  return similar.find(([pattern]) => pattern.test(field))?.[1] ?? unread;
}
