import assert from 'node:assert/strict';
import type { TextConfig } from '../../../src/core/checkpoint/modelConfig';
import { buildDecoder } from '../../../src/core/model/decoder';
import type { WeightEntry } from '../../../src/core/model/weights';
import { targetOf } from '../../../src/core/onnx/target';

/** Qwen2.5-VL-7B with a single layer. */
const config: TextConfig = {
  ...{ hiddenSize: 3584, numLayers: 1, numHeads: 28, numKeyValueHeads: 4, headSize: 128, intermediateSize: 18944 },
  ...{ vocabularySize: 152064, rmsNormEpsilon: 1e-6, ropeTheta: 1e6, mropeSection: [16, 24, 24], tiedHead: false },
};
/** The least that every WebGPU adapter binds at once (`maxStorageBufferBindingSize`), in bytes. */
const leastBinding = 128 << 20;

describe('buildDecoder', () => {
  it('cuts the vocabulary matrix into pieces that every adapter can bind, in float32 too', () => {
    for (const products of ['float32', 'float16'] as const) {
      const { bytes } = buildDecoder(config, allWeights(), { taps: 'none', target: targetOf('webgpu', products) });
      const names = new Set(
        Buffer.from(bytes)
          .toString('latin1')
          .match(/lm_head\.weight\[\d+:\d+\]/g),
      );
      let end = 0;
      for (const name of names) {
        const [from, to] = name.match(/\d+/g)!.map(Number) as [number, number];
        assert.equal(from, end);
        assert.ok((to - from) * config.hiddenSize * 4 <= leastBinding, name);
        end = to;
      }
      assert.equal(end, config.vocabularySize);
    }
  });

  it('leaves it whole where products are in its own type: a tied one is the table of embeddings too', () => {
    const tied = { ...config, tiedHead: true };
    const weights = new Map([...allWeights()].filter(([name]) => name !== 'lm_head.weight'));
    const { bytes } = buildDecoder(tied, weights, { taps: 'none', target: targetOf('cuda', 'own') });
    const places = Buffer.from(bytes)
      .toString('latin1')
      .match(/offset/g);
    assert.equal(places?.length, weights.size);
  });
});

/** Every tensor there could be, in bfloat16, of the shape that is asked for. */
function allWeights(): ReadonlyMap<string, WeightEntry> {
  const { hiddenSize: h, intermediateSize: m, vocabularySize: v } = config;
  const [q, k] = [config.numHeads * config.headSize, config.numKeyValueHeads * config.headSize];
  const layer = {
    ...{ input_layernorm: [h], post_attention_layernorm: [h], 'self_attn.o_proj': [h, q] },
    ...{ 'self_attn.q_proj': [q, h], 'self_attn.k_proj': [k, h], 'self_attn.v_proj': [k, h] },
    ...{ 'mlp.gate_proj': [m, h], 'mlp.up_proj': [m, h], 'mlp.down_proj': [h, m] },
  };
  const shapes: [string, number[]][] = [
    ...Object.entries(layer).map(([name, shape]): [string, number[]] => [`model.layers.0.${name}.weight`, shape]),
    ...['q', 'k', 'v'].map((name): [string, number[]] => [
      `model.layers.0.self_attn.${name}_proj.bias`,
      [name === 'q' ? q : k],
    ]),
    ['model.norm.weight', [h]],
    ['lm_head.weight', [v, h]],
    ['model.embed_tokens.weight', [v, h]],
  ];
  return new Map(
    shapes.map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 2);
      return [name, { name, dtype: 'BF16', shape, path: '/checkpoint/model.safetensors', offset: 0, length }];
    }),
  );
}
