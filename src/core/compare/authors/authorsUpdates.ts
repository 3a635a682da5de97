/**
 * The weights that the authors' scripts (`characterisation_energy.py`, `characterisation_diversity.py`) look at: names
 * with "weight" and without "norm" that stand in a layer. So biases, norms, embeddings, patch_embed and head are left
 * out, and the merger's ln_q, which is a norm, slips through.
 */
import { InputError } from '../../../shared/errors';
import type { CompareFacts, CompareRow } from '../../../shared/compareResults';

/** One weight, and how it moved in both phases. */
export interface AuthorsUpdate {
  /** As transformers names it in memory, whatever the file's style. */
  readonly name: string;
  /** Vision blocks count from -32, the merger is 0, decoder layers count from 1. */
  readonly index: number;
  readonly section: 'Vision Encoder' | 'Projector' | 'LLM Backbone';
  readonly component: 'Attention' | 'MLP' | 'Other';
  /** Base → IN. */
  readonly sft: CompareRow;
  /** IN → RL. */
  readonly rl: CompareRow;
}

/** The three checkpoints of a chain, by the names of the experiment. */
export interface AuthorsChain {
  readonly base: string;
  readonly sft: string;
  readonly rl: string;
}

/** Blocks of Qwen2.5-VL's vision tower; the authors count from it whatever the model has. */
const visionBlocks = 32;

/** Modules of a block in the order in which transformers holds them. */
const moduleOrder = [
  'attn.qkv',
  'attn.proj',
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
  'merger.ln_q',
  'merger.mlp.0',
  'merger.mlp.2',
].map((module) => `.${module}.weight`);

/**
 * The chain whose two phases a comparison has.
 * @throws InputError when it has just one, or two that do not follow each other
 */
export function authorsChain({ phases }: CompareFacts): AuthorsChain {
  for (const first of phases) {
    const second = phases.find(({ from, to }) => from === first.to && to !== first.from);
    if (second) return { base: first.from, sft: first.to, rl: second.to };
  }
  const known = phases.map(({ from, to }) => `${from} → ${to}`).join(', ');
  throw new InputError(
    `the authors' files need two phases that follow each other, the run has ${known}`,
    'Run a compare step with phases: [[base, in], [in, rl]].',
  );
}

/**
 * The weights of the authors' files, in their order. Those that were skipped in a phase are left out.
 * @throws InputError when none is left: the files know the names of Qwen2.5-VL only
 */
export function authorsUpdates(chain: AuthorsChain, rows: readonly CompareRow[]): AuthorsUpdate[] {
  const counted = rows.filter(({ skipped }) => skipped === undefined);
  const phase = (from: string, to: string) =>
    new Map(counted.filter((row) => row.from === from && row.to === to).map((row) => [loadedName(row.name), row]));
  const second = phase(chain.sft, chain.rl);
  const updates = [...phase(chain.base, chain.sft)].flatMap(([name, sft]): AuthorsUpdate[] => {
    const [place, rl] = [placeOf(name), second.get(name)];
    return place && rl ? [{ name, ...place, component: componentOf(name), sft, rl }] : [];
  });
  if (updates.length === 0) {
    throw new InputError("no tensor has a name of Qwen2.5-VL's layers, which the authors' files are made of");
  }
  return updates.sort((a, b) => a.index - b.index || orderOf(a.name) - orderOf(b.name) || (a.name < b.name ? -1 : 1));
}

/** `visual.…` and `model.layers.…`, as on the Hub, are `model.visual.…` and `model.language_model.layers.…` in memory. */
function loadedName(name: string): string {
  return name.replace(/^visual\./, 'model.visual.').replace(/^model\.layers\./, 'model.language_model.layers.');
}

function placeOf(name: string): Pick<AuthorsUpdate, 'index' | 'section'> | null {
  if (!name.includes('weight') || name.includes('norm')) return null;
  if (name.startsWith('model.visual.merger.')) return { index: 0, section: 'Projector' };
  const [, stack, number] = /^model\.(visual\.blocks|language_model\.layers)\.(\d+)\./.exec(name) ?? [];
  if (stack === undefined) return null;
  return stack === 'visual.blocks'
    ? { index: Number(number) - visionBlocks, section: 'Vision Encoder' }
    : { index: Number(number) + 1, section: 'LLM Backbone' };
}

function componentOf(name: string): AuthorsUpdate['component'] {
  return name.includes('attn') ? 'Attention' : name.includes('mlp') ? 'MLP' : 'Other';
}

function orderOf(name: string): number {
  const order = moduleOrder.findIndex((module) => name.endsWith(module));
  return order === -1 ? moduleOrder.length : order;
}

/** Updates of each layer index, ascending, as both files sum them up. */
export function byLayerIndex<T extends { readonly layer_idx: number }>(
  entries: readonly T[],
): (readonly [T, ...T[]])[] {
  const groups = new Map<number, [T, ...T[]]>();
  for (const entry of entries) {
    const group = groups.get(entry.layer_idx);
    if (group) group.push(entry);
    else groups.set(entry.layer_idx, [entry]);
  }
  return [...groups.values()];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
