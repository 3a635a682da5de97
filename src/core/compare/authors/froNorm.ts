import type { CompareRow } from '../../../shared/compareResults';
import { byLayerIndex, mean, type AuthorsChain, type AuthorsUpdate } from './authorsUpdates';
import { pythonJson } from './pythonJson';

/**
 * The authors' `fro_norm.json`: norms of the updates, relative to the norm of the middle checkpoint's
 * weight in both phases. They load float16 and compute in float32; on bf16 checkpoints norms differ by up to 2e-5.
 */
export function froNormJson(chain: AuthorsChain, updates: readonly AuthorsUpdate[]): string {
  const layers = updates.map(({ name, index, section, component, sft, rl }) => ({
    param_name: name,
    layer_idx: index,
    section,
    component,
    sft: norms(sft, sft.toNorm!),
    rl: norms(rl, rl.fromNorm!),
  }));
  const summary = byLayerIndex(layers).map((group) => ({
    layer_idx: group[0].layer_idx,
    section: group[0].section,
    n_params: group.length,
    sft: sumUp(group.map(({ sft }) => sft)),
    rl: sumUp(group.map(({ rl }) => rl)),
  }));
  const metadata = { base_model: chain.base, sft_model: chain.sft, rl_model: chain.rl };
  return pythonJson({ metadata, layers, summary }, { indent: 2, integers: ['layer_idx', 'n_params'] });
}

type Norms = Readonly<Record<'fro_norm' | 'relative_norm', number>>;

/** Entries that are no numbers, which our norms leave out, make theirs NaN. */
function norms({ energy, notFinite }: CompareRow, middle: number): Norms {
  if (notFinite) return { fro_norm: NaN, relative_norm: NaN };
  return { fro_norm: energy!, relative_norm: energy === 0 ? 0 : energy! / middle };
}

function sumUp(all: readonly Norms[]) {
  const froNorms = all.map(({ fro_norm }) => fro_norm);
  return {
    fro_norm_mean: mean(froNorms),
    fro_norm_sum: froNorms.reduce((sum, norm) => sum + norm, 0),
    relative_norm_mean: mean(all.map(({ relative_norm }) => relative_norm)),
  };
}
