/** Decay of the singular values by rank, and ranks over layers, as plots. No DOM. */
import { regionNames, regionTitles } from '../../src/shared/vocabulary';
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { opaque, parseColour } from '../kit/colour';
import { layerAxis, linePlot, rankAxis, type DrawnPlot } from '../kit/linePlot';
import { lineStyle } from '../kit/lineStyles';
import { axisUpTo, significant } from '../kit/numbers';
import type { PlotBox } from '../kit/plotFrame';
import type { Theme } from '../kit/theme';
import { layerCount, phaseColour, regionsOf, shownPhases, type ShownPhase } from './phases';
import { decays, rankPoints, type Decay, type RankMeasure } from './spectra';
import type { View } from './view';
import { measureText, measureTitles } from './wording';

/** What a plot is drawn from. */
export interface PlotSource {
  readonly state: UpdatesState;
  readonly view: View;
  readonly theme: Theme;
}

/** The first and the last of the colours from early to late. */
const ends = [0, 1] as const;

/** A layer's colour between those of the first and the last. */
export function layerColour(layer: number, numLayers: number, { series }: Theme): string {
  const share = numLayers < 2 ? 0 : layer / (numLayers - 1);
  const [red, green, blue] = parseColour(series[ends[1]]!)!;
  return opaque(`rgba(${red}, ${green}, ${blue}, ${share})`, series[ends[0]]!);
}

export function decayPlot({ state, view, theme }: PlotSource, { phase }: ShownPhase, box: PlotBox): DrawnPlot {
  const lines = decays(phase, view);
  const numLayers = layerCount(state, view.part);
  // The same axis for all phases: steepness is what is compared.
  const all = shownPhases(state, view).flatMap((shown) => decays(shown.phase, view));
  const lowest = Math.max(0.1, ...all.flatMap(({ points }) => points.map(({ value }) => -value)));
  const { high, ticks } = axisUpTo(lowest);
  return linePlot({
    box,
    theme,
    x: rankAxis({ last: lastRank(all), log: view.allRanks, theme }),
    left: {
      low: -high,
      high: 0,
      ticks: ticks.map((tick) => (tick === 0 ? 0 : -tick)),
      label: (value) => significant(value),
      title: 'log₁₀(σᵢ / σ₁)',
    },
    right: null,
    lines: lines.map(({ layer, points }) => ({
      name: `Layer ${layer}`,
      points: points.map(({ rank, value }) => ({ x: rank, y: value })),
      axis: 'left',
      colour: layerColour(layer, numLayers, theme),
      width: 1.25,
      dash: [],
      marker: null,
    })),
  });
}

export function lastRank(all: readonly Decay[]): number {
  return all.reduce((last, { points }) => Math.max(last, points.at(-1)?.rank ?? 0), 1);
}

/** Ranks that can be pointed at: those that any layer has. */
export function ranksIn(all: readonly Decay[]): number[] {
  const ranks = new Set(all.flatMap(({ points }) => points.map(({ rank }) => rank)));
  return [...ranks].sort((a, b) => a - b);
}

/** What a rank's values are, region by region: "Early: −0.42 (−0.51 to −0.33)". */
export function decayNotes(state: UpdatesState, view: View, all: readonly Decay[], rank: number): string[] {
  const regions = regionsOf(state, view.part);
  const groups = regions
    ? regionNames.map((name) => [regionTitles[name], regions[name]] as const)
    : [['All layers', [0, Infinity]] as const];
  return groups.flatMap(([title, [from, to]]) => {
    const values = all
      .filter(({ layer }) => layer >= from && layer < to)
      .flatMap(({ points }) => points.filter((point) => point.rank === rank).map(({ value }) => value));
    if (values.length === 0) return [];
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return [
      `${title}: ${mean.toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`.replaceAll(
        '-',
        '−',
      ),
    ];
  });
}

/** All phases in one plot: how many directions is a number that can be compared. */
export function ranksPlot({ state, view, theme }: PlotSource, measure: RankMeasure, box: PlotBox): DrawnPlot {
  const lines = shownPhases(state, view).map((shown) => {
    const { dash, marker } = lineStyle(shown.place);
    const points = rankPoints(shown.phase, view, measure);
    return {
      name: `${measureTitles[measure]} of ${shown.title}`,
      points: points.map(({ layer, value, error }) => ({
        x: layer,
        y: value,
        ...(error === undefined ? {} : { error }),
      })),
      axis: 'left' as const,
      colour: phaseColour(shown, theme),
      width: 2,
      dash,
      marker,
    };
  });
  const reach = lines.flatMap(({ points }) => points.map(({ y, error = 0 }) => y + error));
  const axis = axisUpTo(Math.max(0, ...reach));
  return linePlot({
    box,
    theme,
    x: layerAxis({ numLayers: layerCount(state, view.part), regions: regionsOf(state, view.part), named: true, theme }),
    left: { ...axis, label: (value) => significant(value), title: measureTitles[measure] },
    right: null,
    lines,
  });
}

/** "base → in: 12.3 ± 0.4, an estimate". */
export function rankNotes({ state, view }: Omit<PlotSource, 'theme'>, measure: RankMeasure, layer: number): string[] {
  return shownPhases(state, view).flatMap((shown) => {
    const point = rankPoints(shown.phase, view, measure).find((candidate) => candidate.layer === layer);
    if (!point) return [];
    const { value, error } = point;
    if (value === 0) return [`${shown.title}: exactly 0, unchanged`];
    const isEstimate = error !== undefined;
    const whisker = isEstimate && error > 0 ? ` ± ${significant(error, 2)}` : '';
    return [`${shown.title}: ${measureText(measure, value)}${whisker}${isEstimate ? ', an estimate' : ''}`];
  });
}

/** Layers at which either rank is known. */
export function rankLayers({ state, view }: Omit<PlotSource, 'theme'>, measure: RankMeasure): number[] {
  const layers = shownPhases(state, view).flatMap(({ phase }) =>
    rankPoints(phase, view, measure).map(({ layer }) => layer),
  );
  return [...new Set(layers)].sort((a, b) => a - b);
}

/** Why layers have no line, or nothing where all have one. */
export function missingSentence(all: readonly Decay[]): string {
  if (all.length === 0) return 'No matrix here is finished yet.';
  const zeros = all.filter(({ isZero }) => isZero).map(({ layer }) => layer);
  if (zeros.length === 0) return '';
  if (zeros.length === all.length) return 'Every update here is exactly zero: nothing moved.';
  return `Exactly zero, so without a line: ${zeros.length === 1 ? 'layer' : 'layers'} ${ranges(zeros).join(', ')}.`;
}

function ranges(layers: readonly number[]): string[] {
  const runs: [number, number][] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last && layer === last[1] + 1) last[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
}
