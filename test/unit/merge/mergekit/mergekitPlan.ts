/** Which model gives each tensor, worked out from mergekit's YAML as its planner does (`mergekit/plan.py`). */
import assert from 'node:assert/strict';
import { parse } from 'yaml';

interface Filtered {
  filter?: string;
  value: number;
}
interface Source {
  model: string;
  layer_range: [number, number];
  parameters?: { weight?: number | Filtered[] };
}
interface File {
  merge_method: string;
  modules: Record<string, { slices: { sources: Source[] }[] }>;
}

const decoderLayer = [
  'input_layernorm',
  'post_attention_layernorm',
  'mlp.up_proj',
  'self_attn.k_proj',
  'self_attn.o_proj',
];
const towerLayer = ['norm1', 'norm2', 'attn.qkv', 'attn.proj', 'mlp.gate_proj'];

/** Tensor name → path of the model. */
export function mergekitPlan(text: string): Map<string, string> {
  const { merge_method: method, modules } = parse(text, { version: '1.1' }) as File;
  const plan = new Map<string, string>();
  const put = (name: string, { sources }: { sources: Source[] }): void => {
    if (method === 'passthrough') {
      assert.equal(sources.length, 1);
      plan.set(name, sources[0]!.model);
      return;
    }
    assert.equal(method, 'linear');
    const weights = sources.map(({ parameters }) => {
      const weight = parameters!.weight!;
      return typeof weight === 'number' ? weight : weight.find(({ filter }) => !filter || name.includes(filter))!.value;
    });
    assert.equal(
      weights.reduce((sum, weight) => sum + weight, 0),
      1,
      name,
    );
    plan.set(name, sources[weights.indexOf(1)]!.model);
  };
  const stack = (module: string, before: string[], after: string[], layer: (l: number) => string[]): void => {
    const { slices } = modules[module]!;
    for (const name of before) put(name, slices[0]!);
    let out = 0;
    for (const slice of slices) {
      const [from, to] = slice.sources[0]!.layer_range;
      for (const { layer_range: range } of slice.sources) assert.deepEqual(range, [from, to]);
      for (let l = from; l < to; l++, out++) {
        assert.equal(l, out, 'a layer is moved');
        for (const name of layer(l)) put(name, slice);
      }
    }
    assert.equal(slices[0]!.sources.length, slices.at(-1)!.sources.length);
    for (const name of after) put(name, slices.at(-1)!);
  };
  const named = (prefix: string, names: string[]) => (l: number) =>
    names.map((name) => `${prefix}.${l}.${name}.weight`);
  stack('text_decoder', ['model.embed_tokens.weight'], ['model.norm.weight', 'lm_head.weight'], named('model.layers', decoderLayer)); // prettier-ignore
  stack('multi_modal_projector', ['visual.merger.ln_q.weight'], [], () => ['visual.merger.mlp.0.weight']);
  stack('vision_tower', ['visual.patch_embed.proj.weight'], [], named('visual.blocks', towerLayer));
  return plan;
}
