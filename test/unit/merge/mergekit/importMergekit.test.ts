import assert from 'node:assert/strict';
import { hybridFromMergekit } from '../../../../src/core/merge/mergekit/hybridFromMergekit';
import { importMergekit } from '../../../../src/core/merge/mergekit/importMergekit';

const depths = { numLayers: 28, visionLayers: 32 };
const read = (text: string) => importMergekit(text, depths);
const hybrid = (text: string) => hybridFromMergekit(read(text).merge, depths, (path) => path.toLowerCase());

const frankenstein = `
merge_method: passthrough
dtype: bfloat16
modules:
  text_decoder: {slices: [{sources: [{model: SFT, layer_range: [0, 9]}]}, {sources: [{model: RL, layer_range: [9, 28]}]}]}
  multi_modal_projector: {models: [{model: SFT}]}
  vision_tower: {models: [{model: SFT}]}
`;

const gradientSlerp = `
slices:
  - sources:
      - { model: SFT, layer_range: [0, 28] }
      - { model: RL, layer_range: [0, 28] }
merge_method: slerp
base_model: SFT
parameters:
  t:
    - { filter: self_attn, value: [0, 0.5, 0.3, 0.7, 1] }
    - { filter: mlp, value: [1, 0.5, 0.7, 0.3, 0] }
    - value: 0.5
dtype: bfloat16
`;

const ties = `
models:
  - model: BASE
  - model: IN
    parameters: { density: 0.5, weight: 0.5 }
  - model: RL
    parameters: { density: 0.5, weight: [0, 1] }
merge_method: ties
base_model: BASE
parameters: { normalize: yes, int8_mask: true }
dtype: float16
`;

function hasTrap(traps: readonly string[], pattern: RegExp): void {
  assert.ok(
    traps.some((trap) => pattern.test(trap)),
    `${String(pattern)} is in none of\n${traps.join('\n')}`,
  );
}

function hasNoTrap(traps: readonly string[], pattern: RegExp): void {
  assert.deepEqual(
    traps.filter((trap) => pattern.test(trap)),
    [],
  );
}

describe('a mergekit file', () => {
  it('of slices per module is read as they stand', () => {
    const { merge } = read(frankenstein);
    assert.equal(merge.method, 'passthrough');
    assert.deepEqual(merge.models.map(({ path }) => path).sort(), ['RL', 'SFT']);
    assert.deepEqual([merge.base, merge.dtype, merge.form], [null, 'bfloat16', 'modules']);
    assert.deepEqual(merge.modules[0], {
      name: 'text_decoder',
      parameters: {},
      slices: [
        { base: null, parameters: {}, sources: [{ model: 'SFT', layers: [0, 9], parameters: {} }] },
        { base: null, parameters: {}, sources: [{ model: 'RL', layers: [9, 28], parameters: {} }] },
      ],
    });
    assert.deepEqual(merge.modules[2]!.slices[0]!.sources, [{ model: 'SFT', layers: null, parameters: {} }]);
  });

  it('is YAML 1.1, with anchors and merges', () => {
    const { merge } = read(`
x: &common { weight: 0.5 }
merge_method: task_arithmetic
base_model: B
models:
  - { model: A, parameters: { <<: *common } }
  - { model: C, parameters: *common }
parameters: { normalize: off }
`);
    assert.deepEqual(
      merge.modules[0]!.slices[0]!.sources.map(({ parameters }) => parameters),
      [{ weight: 0.5 }, { weight: 0.5 }],
    );
    assert.deepEqual(merge.parameters, { normalize: false });
  });

  it('names models by path, by mapping, with revisions', () => {
    const { merge, traps } = read(`
merge_method: linear
models:
  - { model: org/a@main, parameters: { weight: 1 } }
  - { model: { model: { path: org/b, revision: abc } }, parameters: { weight: 1 } }
`);
    assert.deepEqual(merge.models, [
      { path: 'org/a', revision: 'main', adapter: null },
      { path: 'org/b', revision: 'abc', adapter: null },
    ]);
    hasTrap(traps, /"org\/b" is meant in revision "abc"/);
  });

  it('that is none is refused with its place', () => {
    const refused = (text: string, message: RegExp): void => {
      assert.throws(() => read(text), { name: 'InputError', message });
    };
    refused('merge_method: [', /mergekit file, line 1:16/);
    refused('merge_method: linear\n', /a merge has one of models, slices and modules/);
    refused('merge_method: linear\nmodels: [{model: A}]\nslices: []\n', /slices/);
    refused('merge_method: linea\nmodels: [{model: A}]\n', /there is no merge method "linea"/);
    refused('models: [{model: A}]\n', /line 1:1: merge_method: is missing/);
    refused('merge_method: linear\nmodels:\n  - model: 3\n', /line 3:12: models.0.model: a model is a path/);
    refused('merge_method: linear\nmodels:\n  - {model: A, parameters: {weight: heavy}}\n', /models.0.parameters.weight: a parameter is a value/); // prettier-ignore
    refused('merge_method: passthrough\nslices: [{sources: [{model: A, layer_range: [4, 4]}]}]\n', /holds no layer/);
    refused('merge_method: passthrough\nslices: [{sources: [{model: A, layer_range: [4]}]}]\n', /layer_range is two/);
    refused('merge_method: linear\nmodels: [{model: A+lora}]\n', /adapter "lora"/);
    refused('merge_method: linear\nmodels: [{model: A@1}, {model: A@2}]\n', /two revisions/);
    refused(`a: ${'['.repeat(100)}`, /nested more than 64/);
    refused(`#${'x'.repeat(1 << 20)}`, /larger than 1 MB/);
    refused(`a: [${'&a x, '.repeat(300)}]`, /more than 200 anchors/);
    refused('a: *nothing\n', /alias|aliases/i);
    refused('- merge_method\n', /line 1:1: must be a mapping/);
    refused('', /line 1:1: must be a mapping/);
  });
});

describe('the traps of a mergekit file', () => {
  it('name every unknown key', () => {
    const { traps } = read(`
merge_method: linear
dtyp: bfloat16
models:
  - { model: A, parmeters: { weight: 1 }, parameters: { weight: 2 } }
`);
    hasTrap(traps, /Unknown key "dtyp" \(did you mean dtype\?\)/);
    hasTrap(traps, /Unknown key "parmeters" under models.0 \(did you mean parameters\?\)/);
  });

  it('name parameters that the method does not read', () => {
    const { traps } = read(`
merge_method: ties
base_model: B
models:
  - { model: A, parameters: { weight: 1, lambda: 0.5, gamma: 1 } }
parameters: { int8_mask: true, density: { filter: mlp, value: 0.5 } }
`);
    hasTrap(traps, /^lambda is a parameter of the whole merge: among the parameters of "A"/);
    hasTrap(traps, /^ties has no parameter "gamma"/);
    hasTrap(traps, /^int8_mask changes how/);
    hasTrap(traps, /^density: a single \{filter, value\}/);
    hasTrap(traps, /^ties: Of equal magnitudes/);
  });

  it('say how gradients run', () => {
    const { traps } = read(gradientSlerp);
    hasTrap(traps, /^A gradient: embeddings, final norm, head .* first value/);
    hasTrap(traps, /slices at the top: mergekit refuses/);
    hasNoTrap(traps, /run over each slice/);
    const sliced = read(`
merge_method: linear
modules:
  text_decoder:
    slices:
      - sources: [{ model: A, layer_range: [0, 1], parameters: { weight: [0, 1] } }, { model: B, layer_range: [0, 1], parameters: { weight: 1 } }]
      - sources: [{ model: A, layer_range: [1, 28], parameters: { weight: [0, 1] } }]
`).traps;
    hasTrap(sliced, /run over each slice/);
    hasTrap(sliced, /slice of one layer a gradient has its last value/);
    hasTrap(sliced, /first slice of text_decoder has 2 sources, the last 1/);
    hasNoTrap(sliced, /projector twice/);
    hasTrap(read(ties).traps, /projector twice/);
    hasNoTrap(read(frankenstein).traps, /gradient/i);
  });

  it('say where embeddings and head come from, and what is not written', () => {
    const { traps } = read(frankenstein);
    hasTrap(
      traps,
      /embeddings from the sources of the first slice, the final norm and the head from those of the last/,
    );
    hasTrap(traps, /There is no base_model/);
    hasNoTrap(traps, /not named/);
    const decoderOnly = read(frankenstein.split('\n').slice(0, 5).join('\n')).traps;
    hasTrap(decoderOnly, /The module multi_modal_projector is not named/);
    hasTrap(decoderOnly, /The module vision_tower is not named/);
  });

  it('find layers that are not there, when the depth is known', () => {
    const text = frankenstein.replace('[9, 28]', '[9, 32]');
    hasTrap(read(text).traps, /\[9, 32\] of "RL" goes past its 28 layers/);
    hasNoTrap(importMergekit(text).traps, /goes past/);
  });

  it('name what is not done here', () => {
    const { traps } = read(`${ties}
tokenizer: { source: union }
chat_template: auto
`);
    hasTrap(traps, /^tokenizer and chat_template: not done here/);
    hasTrap(traps, /mergekit computes in float16/);
    const residual = frankenstein.replace('layer_range: [9, 28]}]}', 'layer_range: [9, 28]}], residual_weight: 0.5}');
    hasTrap(read(residual).traps, /residual_weight/);
  });

  it('find a base that mergekit would add where it cannot', () => {
    const text = 'merge_method: passthrough\nbase_model: B\nmodels: [{model: A}]\n';
    hasTrap(read(text).traps, /mergekit adds base_model to the models, where passthrough cannot take it/);
    hasNoTrap(read(ties).traps, /mergekit adds base_model/);
    hasTrap(read(frankenstein.replace('vision_tower:', 'visual:')).traps, /no module "visual"/);
  });
});

describe('a mergekit file as a hybrid', () => {
  it('is a transplant where every tensor is one model’s', () => {
    assert.deepEqual(hybrid(frankenstein), {
      kind: 'transplant',
      spec: {
        skeleton: 'rl',
        layers: { '0-9': 'sft' },
        embeddings: 'sft',
        vision: 'sft',
        projector: 'sft',
      },
      traps: [],
    });
  });

  it('says when the skeleton is not base_model', () => {
    const { traps, spec } = hybrid(`${frankenstein}base_model: SFT\n`);
    assert.equal((spec as { skeleton: string }).skeleton, 'rl');
    hasTrap(traps, /The final norm comes from rl.*base_model, sft/);
  });

  it('may take components from several, by linear with weights 0 and 1', () => {
    const source = (model: string, weight: string): string => `{ model: ${model}, layer_range: [0, 28], parameters: { weight: ${weight} } }`; // prettier-ignore
    const { spec } = hybrid(`
merge_method: linear
base_model: A
modules:
  text_decoder:
    slices:
      - sources:
          - ${source('A', '[{ filter: self_attn, value: 0 }, { value: 1 }]')}
          - ${source('B', '[{ filter: self_attn, value: 1 }, { value: 0 }]')}
`);
    assert.deepEqual(spec, { skeleton: 'a', layers: { '0-28': { attention: 'b', mlp: 'a', norm: 'a' } } });
  });

  it('is arithmetic where whole models are merged', () => {
    assert.deepEqual(hybrid(ties), {
      kind: 'arithmetic',
      spec: {
        method: 'ties',
        base: 'base',
        models: [
          { density: 0.5, weight: 0.5, model: 'in' },
          { density: 0.5, weight: [0, 1], model: 'rl' },
        ],
        parameters: { normalize: true },
      },
      traps: [],
    });
    const { spec, traps } = hybrid(gradientSlerp);
    assert.deepEqual(spec, {
      method: 'slerp',
      base: 'sft',
      models: [{ model: 'rl' }],
      parameters: {
        t: [
          { filter: 'self_attn', value: [0, 0.5, 0.3, 0.7, 1] },
          { filter: 'mlp', value: [1, 0.5, 0.7, 0.3, 0] },
          { value: 0.5 },
        ],
      },
    });
    hasTrap(traps, /in the same way as the decoder/);
  });

  it('has parameters of several scopes in their order', () => {
    const { spec } = hybrid(`
merge_method: task_arithmetic
base_model: B
modules:
${['text_decoder', 'vision_tower', 'multi_modal_projector']
  .map((name) => `  ${name}: { models: [{ model: A }], parameters: { weight: [{ filter: mlp, value: 0.1 }] } }`)
  .join('\n')}
parameters: { weight: 0.7, normalize: 0 }
`);
    assert.deepEqual(spec, {
      method: 'task_arithmetic',
      base: 'b',
      models: [{ model: 'a' }],
      parameters: { weight: [{ filter: 'mlp', value: 0.1 }, { value: 0.7 }], normalize: false },
    });
  });

  it('is neither when layers move, repeat or are missing, or slices and modules differ', () => {
    const refused = (text: string, message: RegExp): void => {
      assert.throws(() => hybrid(text), { name: 'InputError', message });
    };
    refused(frankenstein.replace('[9, 28]', '[5, 28]'), /puts layers 5 to 27 of text_decoder at layer 9/);
    refused(frankenstein.replace('[9, 28]', '[9, 20]'), /makes text_decoder 20 layers deep, the models have 28/);
    refused(frankenstein.replace('[9, 28]', '[9, 32]'), /takes layers up to 32 of text_decoder, which has 28/);
    refused(frankenstein.replace('vision_tower:', 'visual:'), /no module "visual"/);
    refused(frankenstein.replace('text_decoder:', 'vision_tower_:'), /no module/);
    const slices = `
merge_method: slerp
base_model: A
parameters: { t: 0.5 }
slices:
  - sources: [{ model: A, layer_range: [0, 9] }, { model: B, layer_range: [0, 9] }]
  - sources: [{ model: A, layer_range: [9, 28] }, { model: B, layer_range: [9, 28] }]
`;
    refused(slices, /merges text_decoder in slices by slerp/);
    const modules = (weight: number): string => `
merge_method: task_arithmetic
base_model: B
modules:
  text_decoder: { models: [{ model: A, parameters: { weight: 1 } }] }
  multi_modal_projector: { models: [{ model: A, parameters: { weight: 1 } }] }
  vision_tower: { models: [{ model: A, parameters: { weight: ${weight} } }] }
`;
    assert.equal(hybrid(modules(1)).kind, 'arithmetic');
    refused(modules(0.5), /merges vision_tower otherwise than text_decoder/);
    refused(modules(1).replace(/ {2}vision_tower.*\n/, ''), /does not merge vision_tower/);
    refused('merge_method: slerp\nbase_model: A\nmodels: [{model: A}, {model: B}]\n', /^slerp needs t$/);
  });
});
