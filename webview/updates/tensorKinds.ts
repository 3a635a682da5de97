/** Tensors by what they are in every layer: "q_proj", "q_proj bias". Read off their names. No DOM. */
import { components, parts, type Component, type Part } from '../../src/shared/vocabulary';

/** What is needed of a tensor. */
export interface Placed {
  readonly name: string;
  readonly part: Part | null;
  readonly layer: number | null;
  readonly component: Component | null;
}

export interface TensorKind {
  /** The name behind the layer's number: "self_attn.q_proj.weight". */
  readonly id: string;
  readonly label: string;
  readonly component: Component | null;
}

/** The order of a layer's calculation, which files do not keep. */
const order = ['input_layernorm', 'norm1', 'qkv', 'q_proj', 'k_proj', 'v_proj', 'o_proj', 'proj'];
const later = ['post_attention_layernorm', 'norm2', 'gate_proj', 'up_proj', 'down_proj'];
const places = [...order, ...later];

/** Of a tensor in a layer the name behind the layer's number, else the whole name. */
export function kindOf({ name, layer }: Placed): string {
  if (layer === null) return name;
  return new RegExp(`\\.${layer}\\.(.+)$`).exec(name)?.[1] ?? name;
}

/** "self_attn.q_proj.weight" → "q_proj", "self_attn.q_proj.bias" → "q_proj bias". */
export function kindLabel(id: string): string {
  const pieces = id.split('.');
  const last = pieces.at(-1);
  const module = pieces.length > 1 ? pieces.slice(0, -1) : pieces;
  const label = module.at(-1)!;
  return last === 'weight' || pieces.length === 1 ? label : `${label} ${last}`;
}

/** A tensor outside of the layers, by what tells it from the others: "merger.mlp.0", "patch_embed.proj". */
export function outsideLabel(name: string): string {
  const pieces = canonicalName(name)
    .replace(/^(model|visual)\./, '')
    .split('.');
  const last = pieces.at(-1)!;
  const module = pieces.slice(0, -1).join('.') || last;
  return last === 'weight' || pieces.length === 1 ? module : `${module} ${last}`;
}

/** The kinds of tensors in the layers of a part, component by component. */
export function kindsIn(tensors: readonly Placed[], part: Part): TensorKind[] {
  const kinds = new Map<string, TensorKind>();
  for (const tensor of tensors) {
    if (tensor.part !== part || tensor.layer === null) continue;
    const id = kindOf(tensor);
    if (!kinds.has(id)) kinds.set(id, { id, label: kindLabel(id), component: tensor.component });
  }
  const rank = ({ id, component }: TensorKind) => {
    const module = kindLabel(id).replace(/ .*/, '');
    return [orderIn(components, component), orderIn(places, module), id.endsWith('.weight') ? 0 : 1] as const;
  };
  return [...kinds.values()].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || (a.id < b.id ? -1 : 1);
  });
}

/** One name for the two spellings that transformers has of it, so that phases of both can stand side by side. */
export function canonicalName(name: string): string {
  return name.replace(/^model\.visual\./, 'visual.').replace(/^model\.language_model\./, 'model.');
}

/** In the order of the model: part by part, what is outside of the layers first. */
export function inOrder<T extends Placed>(tensors: readonly T[]): T[] {
  const sorted = tensors.map((tensor, i) => ({ tensor, i }));
  sorted.sort(
    ({ tensor: a, i }, { tensor: b, i: j }) =>
      orderIn(parts, a.part) - orderIn(parts, b.part) || (a.layer ?? -1) - (b.layer ?? -1) || i - j,
  );
  return sorted.map(({ tensor }) => tensor);
}

function orderIn(list: readonly unknown[], item: unknown): number {
  return list.includes(item) ? list.indexOf(item) : list.length;
}
