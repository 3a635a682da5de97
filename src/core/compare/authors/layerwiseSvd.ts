import { leadingValues, type CompareRow } from '../../../shared/compareResults';
import { regionNames, type Regions } from '../../../shared/vocabulary';
import { resolveRegions } from '../../checkpoint/regions';
import { byLayerIndex, mean, type AuthorsChain, type AuthorsUpdate } from './authorsUpdates';
import { pythonJson } from './pythonJson';

/** The authors add it to every denominator and below every logarithm, whatever the size of the update. */
const tiny = 1e-12;
const regionLabels = { early: 'early', mid: 'middle', late: 'late' } as const;

/**
 * The authors' `layerwise_svd.json`: the spectrum of every update with two dimensions or more, of which
 * they write the leading 50 values. They compute in float32, so that values below 1e-5 of the first are noise of
 * theirs, and with them `condition_number`; the others agree to 1e-4 on bf16 checkpoints.
 */
export function layerwiseSvdJson(chain: AuthorsChain, updates: readonly AuthorsUpdate[], numLlmLayers: number): string {
  const regions = resolveRegions('thirds', numLlmLayers);
  const layers = updates
    .filter(({ sft, rl }) => hasSpectrum(sft) && hasSpectrum(rl))
    .map(({ name, index, section, component, sft, rl }) => ({
      param_name: name,
      layer_idx: index,
      section,
      component,
      region: section === 'LLM Backbone' ? regionOf(index - 1, regions) : null,
      sft: spectrum(sft),
      rl: spectrum(rl),
    }));
  const summary = byLayerIndex(layers).map((group) => ({
    layer_idx: group[0].layer_idx,
    section: group[0].section,
    region: group[0].region,
    n_params: group.length,
    sft: means(group.map(({ sft }) => sft)),
    rl: means(group.map(({ rl }) => rl)),
  }));
  const metadata = {
    base_model: chain.base,
    sft_model: chain.sft,
    rl_model: chain.rl,
    weight_filter: null,
    topk: leadingValues,
    num_llm_layers: numLlmLayers,
  };
  const integers = ['layer_idx', 'n_params', 'topk', 'num_llm_layers'];
  return pythonJson({ metadata, layers, summary }, { indent: 2, integers });
}

/** A matrix with entries that are no numbers makes their decomposition fail, and they leave it out. */
function hasSpectrum({ singularValues, notFinite }: CompareRow): boolean {
  return singularValues !== undefined && notFinite === undefined;
}

function spectrum({ singularValues, energy, shape, comparedShape }: CompareRow) {
  const values = allValues(singularValues!, comparedShape ?? shape);
  const leading = values.slice(0, leadingValues);
  const [first, last] = [values[0] ?? 0, values.at(-1) ?? 0];
  return {
    spectral_norm: first,
    nuclear_norm: sum(values),
    fro_norm: energy!,
    stable_rank: energy! ** 2 / (first ** 2 + tiny),
    effective_rank: effectiveRank(values),
    condition_number: first / (last + tiny),
    log_volume: sum(leading.map((value) => Math.log(value + tiny))),
    singular_values: leading,
  };
}

/** A zero update may be told without its zeros; more than two dimensions are flattened to the first and the rest. */
function allValues(values: readonly number[], [rows = 0, ...rest]: readonly number[]): number[] {
  const count = Math.min(
    rows,
    rest.reduce((product, size) => product * size, 1),
  );
  return [...values, ...Array<number>(Math.max(0, count - values.length)).fill(0)];
}

/** exp of the entropy of the values above the threshold; 0 where there is none. */
function effectiveRank(values: readonly number[]): number {
  const counted = values.filter((value) => value > tiny);
  if (counted.length === 0) return 0;
  const total = sum(counted);
  return Math.exp(-sum(counted.map((value) => (value / total) * Math.log(value / total))));
}

function means(all: readonly ReturnType<typeof spectrum>[]) {
  return {
    spectral_norm_mean: mean(all.map((one) => one.spectral_norm)),
    stable_rank_mean: mean(all.map((one) => one.stable_rank)),
    effective_rank_mean: mean(all.map((one) => one.effective_rank)),
    log_volume_mean: mean(all.map((one) => one.log_volume)),
  };
}

function regionOf(layer: number, regions: Regions): string | null {
  const region = regionNames.find((name) => layer >= regions[name][0] && layer < regions[name][1]);
  return region === undefined ? null : regionLabels[region];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
