import assert from 'node:assert/strict';
import { evaluateGradient, evaluateSetting } from '../../../../src/core/merge/methods/settings';

describe('a gradient', () => {
  const along = (value: number | readonly number[], layers: number): number[] =>
    Array.from({ length: layers }, (_, layer) => evaluateGradient(value, layer, layers));

  it('runs from the first layer to the last', () => {
    assert.deepEqual(along([0, 1], 5), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(along([0, 1, 0], 5), [0, 0.5, 1, 0.5, 0]);
    assert.deepEqual(along([1, 0, 0.5, 0, 1], 3), [1, 0.5, 1]);
  });

  it('of one value is that value', () => {
    assert.deepEqual(along(0.3, 3), [0.3, 0.3, 0.3]);
    assert.deepEqual(along([0.3], 3), [0.3, 0.3, 0.3]);
  });

  it('over one layer is its last value', () => {
    assert.deepEqual(along([0, 0.25, 1], 1), [1]);
  });

  it('without values is an error', () => {
    assert.throws(() => evaluateGradient([], 0, 4), { name: 'InputError' });
  });
});

describe('a setting', () => {
  const at = (name: string, layer: number | null = 1) => ({ name, layer, numLayers: 3 });
  const filtered = [
    { filter: 'self_attn', value: [0, 1] },
    { filter: 'mlp', value: 0.9 },
    { filter: 'layers.1.', value: 0.1 },
    { value: 0.5 },
  ];

  it('is the first whose filter is in the name', () => {
    assert.equal(evaluateSetting(filtered, at('model.layers.1.self_attn.q_proj.weight')), 0.5);
    assert.equal(evaluateSetting(filtered, at('model.layers.2.self_attn.q_proj.weight', 2)), 1);
    assert.equal(evaluateSetting(filtered, at('model.layers.1.mlp.up_proj.weight')), 0.9);
    assert.equal(evaluateSetting(filtered, at('model.layers.1.input_layernorm.weight')), 0.1);
    assert.equal(evaluateSetting(filtered, at('model.layers.2.input_layernorm.weight', 2)), 0.5);
  });

  it('takes "*" and no filter for every tensor, and is undefined without a match', () => {
    assert.equal(evaluateSetting([{ filter: '*', value: 2 }, { value: 3 }], at('x')), 2);
    assert.equal(evaluateSetting({ filter: 'mlp', value: 2 }, at('x.mlp')), 2);
    assert.equal(evaluateSetting({ filter: 'mlp', value: 2 }, at('x.attn')), undefined);
  });

  it('of what is in no layer is the first value of a gradient', () => {
    assert.equal(evaluateSetting([0.2, 0.8], at('lm_head.weight', null)), 0.2);
  });

  it('may be a truth', () => {
    assert.equal(evaluateSetting(false, at('x')), false);
    assert.equal(evaluateSetting([{ filter: 'x', value: true }], at('x')), true);
  });
});
