import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { seededUniform } from '../../src/core/statistics/random';
import { encodeWeights, normals } from '../harness/weights';

/** A Llama of eight layers, complete: other programs can read it too. */
const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 3072,
  intermediate_size: 8192,
  num_hidden_layers: 8,
  num_attention_heads: 24,
  num_key_value_heads: 24,
  vocab_size: 32000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
};

export interface LargeCheckpoint {
  readonly layers: number;
  readonly tensors: number;
  /** Of the weights: 2 GB. */
  readonly bytes: number;
}

/**
 * Writes a checkpoint of one shard of 2 GB of bfloat16.
 * @param which 0, or 1 for the same with half of its entries changed a little, as after training
 */
export function writeLargeCheckpoint(folder: string, which: 0 | 1): LargeCheckpoint {
  const shapes = llamaShapes();
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, shape] of shapes) {
    const begin = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'BF16', shape, data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, text);
  const block = randomBlock(which);
  for (let at = 0; at < end; at += block.length) writeSync(file, block, 0, Math.min(block.length, end - at));
  closeSync(file);
  return { layers: config.num_hidden_layers, tensors: shapes.length, bytes: end };
}

/** Random weights to be written again and again: making random numbers is slow, and reading these is the same work. */
function randomBlock(which: 0 | 1): Buffer {
  const weights = normals(1 << 20, 0.02, seededUniform(1));
  const random = seededUniform(2);
  const own = which === 0 ? weights : weights.map((x) => (random() < 0.5 ? x : x + 1e-4 * random()));
  return encodeWeights('BF16', own);
}

function llamaShapes(): [string, number[]][] {
  const { hidden_size: hidden, intermediate_size: inner, num_hidden_layers: layers, vocab_size: vocabulary } = config;
  const layer = (l: number): [string, number[]][] => {
    const start = `model.layers.${l}`;
    return [
      ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name): [string, number[]] => {
        return [`${start}.self_attn.${name}.weight`, [hidden, hidden]];
      }),
      [`${start}.mlp.gate_proj.weight`, [inner, hidden]],
      [`${start}.mlp.up_proj.weight`, [inner, hidden]],
      [`${start}.mlp.down_proj.weight`, [hidden, inner]],
      [`${start}.input_layernorm.weight`, [hidden]],
      [`${start}.post_attention_layernorm.weight`, [hidden]],
    ];
  };
  return [
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
    ['model.norm.weight', [hidden]],
  ];
}
