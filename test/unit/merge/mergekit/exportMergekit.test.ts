import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { qwen25vl } from '../../../../src/core/checkpoint/qwen25vl';
import type { ModelConfig } from '../../../../src/core/checkpoint/modelConfig';
import { resolveRegions } from '../../../../src/core/checkpoint/regions';
import { exportMergekit } from '../../../../src/core/merge/mergekit/exportMergekit';
import { hybridFromMergekit } from '../../../../src/core/merge/mergekit/hybridFromMergekit';
import { importMergekit } from '../../../../src/core/merge/mergekit/importMergekit';
import type { ArithmeticSpec } from '../../../../src/core/merge/methods/arithmeticSpec';
import { resolveTransplant, type TransplantSpec } from '../../../../src/core/merge/transplant';
import { mergekitPlan } from './mergekitPlan';

const depths = { numLayers: 12, visionLayers: 4 };
const regions = resolveRegions('thirds', depths.numLayers);
const pathOf = (name: string): string => `/models/${name}`;
const nameOf = (path: string): string => path.replace('/models/', '');
const write = (spec: TransplantSpec | ArithmeticSpec) =>
  exportMergekit(spec, { ...depths, regions, pathOf, dtype: 'bfloat16' });
const read = (text: string) => {
  const imported = importMergekit(text, depths);
  return { ...imported, ...hybridFromMergekit(imported.merge, depths, nameOf) };
};

/** What the file gives, tensor by tensor, against what the hybrid gives. */
function assertSame(spec: TransplantSpec, text: string): void {
  const { donorOf } = resolveTransplant(spec, { ...depths, regions });
  const plan = mergekitPlan(text);
  assert.equal(plan.size, 1 + 2 + 12 * 5 + 2 + 1 + 4 * 5);
  for (const [name, path] of plan) {
    const place = qwen25vl.place(name, depths as ModelConfig);
    assert.notEqual(place.part, null, name);
    assert.equal(nameOf(path), donorOf(place), `${name}\n${text}`);
  }
}

const donor = fc.constantFrom('in', 'rl', 'base');
const donors = fc.oneof(
  donor,
  fc.record({ attention: donor, mlp: donor, norm: donor }, { requiredKeys: [] }) as fc.Arbitrary<{ mlp?: string }>,
);
const ranges = (keys: string[]) => fc.dictionary(fc.constantFrom(...keys), donors, { noNullPrototype: true });
const transplant: fc.Arbitrary<TransplantSpec> = fc.oneof(
  fc.tuple(donor, donor, donor),
  fc.record(
    {
      skeleton: donor,
      layers: ranges(['0', '1-4', '4-8', '8-11', '11']),
      visionLayers: ranges(['0-2', '2', '3']),
      vision: donor,
      projector: donor,
      embeddings: donor,
      head: donor,
    },
    { requiredKeys: ['skeleton'] },
  ),
);

describe('a transplant for mergekit', () => {
  it('is passthrough where the parts beside the layers go with them', () => {
    const { text, traps } = write({ skeleton: 'rl', layers: { '0-4': 'in' }, embeddings: 'in', vision: 'in' });
    assert.equal(
      text,
      `merge_method: passthrough
base_model: /models/rl
dtype: bfloat16
modules:
  text_decoder:
    slices:
      - sources:
          - model: /models/in
            layer_range: [0, 4]
      - sources:
          - model: /models/rl
            layer_range: [4, 12]
  multi_modal_projector:
    slices:
      - sources:
          - model: /models/rl
            layer_range: [0, 2]
  vision_tower:
    slices:
      - sources:
          - model: /models/in
            layer_range: [0, 4]
`,
    );
    assert.equal(traps.length, 1);
  });

  it("is linear with weights 0 and 1 for the paper's hybrids, whose head does not go with the last layers", () => {
    const { text, traps } = write(['in', 'rl', 'rl']);
    const { merge_method: method, base_model: base } = parse(text) as Record<string, unknown>;
    assert.deepEqual([method, base], ['linear', '/models/in']);
    assert.match(traps[0]!, /Passthrough cannot say this hybrid/);
    assertSame(['in', 'rl', 'rl'], text);
    assert.equal(mergekitPlan(text).get('lm_head.weight'), '/models/in');
    assert.equal(mergekitPlan(text).get('model.layers.11.mlp.up_proj.weight'), '/models/rl');
  });

  it('gives every tensor to the same donor', () => {
    fc.assert(
      fc.property(transplant, (spec) => {
        assertSame(spec, write(spec).text);
      }),
      { numRuns: 500 },
    );
  });

  it('comes back as the same transplant', () => {
    fc.assert(
      fc.property(transplant, (spec) => {
        const back = read(write(spec).text);
        assert.equal(back.kind, 'transplant');
        assertSame(back.spec as TransplantSpec, write(spec).text);
        assert.deepEqual(write(back.spec).text, write(spec).text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('arithmetic for mergekit', () => {
  const specs: ArithmeticSpec[] = [
    { method: 'ties', base: 'base', models: [{ model: 'in', weight: 0.5, density: 0.3 }, { model: 'rl', weight: [0, 0.25, 1] }], parameters: { normalize: false, lambda: 0.9 } }, // prettier-ignore
    { method: 'slerp', base: 'in', models: [{ model: 'rl' }], parameters: { t: [{ filter: 'self_attn', value: [0, 1] }, { filter: 'mlp', value: 0.25 }, { value: 0.5 }] } }, // prettier-ignore
    { method: 'linear', models: [{ model: 'in', weight: 1 }, { model: 'rl', weight: 2 }] }, // prettier-ignore
    { method: 'multislerp', models: [{ model: 'in', weight: 1 }, { model: 'rl', weight: 2 }] }, // prettier-ignore
    { method: 'passthrough', models: [{ model: 'in', scale: 0.5 }] },
    { method: 'karcher', models: [{ model: 'in' }, { model: 'rl' }], parameters: { max_iter: 20 } },
    { method: 'dare_ties', base: 'base', models: [{ model: 'in', weight: 1, density: 0.5 }] },
  ];
  for (const spec of specs) {
    it(`by ${spec.method} comes back as it was`, () => {
      const back = read(write(spec).text);
      assert.equal(back.kind, 'arithmetic');
      assert.deepEqual(JSON.parse(JSON.stringify(back.spec)), spec);
    });
  }

  it('computes in float32 and names all modules, those of the projector without gradients', () => {
    const { text } = write(specs[0]!);
    const file = parse(text) as Record<string, unknown> & { modules: Record<string, unknown> };
    assert.deepEqual([file['dtype'], file['out_dtype'], file['base_model']], ['float32', 'bfloat16', '/models/base']);
    const [first, second] = [
      { model: '/models/in', parameters: { weight: 0.5, density: 0.3 } },
      { model: '/models/rl', parameters: { weight: [0, 0.25, 1] } },
    ];
    const parameters = { normalize: false, lambda: 0.9 };
    assert.deepEqual(file.modules, {
      text_decoder: { models: [first, second], parameters },
      multi_modal_projector: { models: [first, { model: '/models/rl', parameters: { weight: 0 } }], parameters },
      vision_tower: { models: [first, second], parameters },
    });
    assert.ok(!text.includes('&'), 'anchors in the text');
    assert.match(text, /weight: \[0, 0\.25, 1\]/);
  });

  it('says what differs', () => {
    const trapsOf = (spec: ArithmeticSpec): string => write(spec).traps.join('\n');
    assert.match(trapsOf(specs[6]!), /dare_ties draws by mergekit's own generator/);
    assert.match(trapsOf(specs[3]!), /Without a base_model/);
    assert.doesNotMatch(trapsOf(specs[2]!), /Without a base_model/);
    assert.match(trapsOf(specs[0]!), /Of equal magnitudes the first are kept/);
  });

  it('refuses what the method does not take', () => {
    const wrong = { method: 'ties', models: [{ model: 'in', weight: 1 }] };
    assert.throws(() => write(wrong), { name: 'InputError', message: 'ties needs a base' });
    assert.throws(() => write({ method: 'tiess', models: [] }), /there is no merge method "tiess"/);
  });
});
