/** What the figures and the table show, cut from a state. No DOM. */
import type { AblatedPart, AblateLayer, AblateSummary } from '../../src/shared/ablateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import type { Regions } from '../../src/shared/vocabulary';
import { significance } from '../kit/rates';
import { ablatedParts, type Measure } from './view';

/** A value at a layer with its 95 % interval. */
export interface LayerPoint {
  readonly layer: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Marked as one that stands out. */
  readonly strong: boolean;
}

/** A layer whose change in log-likelihood is measured. */
export type LikelihoodLayer = AblateLayer & { readonly likelihood: NonNullable<AblateLayer['likelihood']> };

/** Parts with layers in this run. */
export function partsOf({ facts }: ReasoningState): AblatedPart[] {
  return ablatedParts.filter((part) => facts.layers.some((one) => one.part === part));
}

/** Layers of a part that have answers, ascending. */
export function answeredLayers({ layers }: AblateSummary, part: AblatedPart): AblateLayer[] {
  return ascending(layers.filter((layer) => layer.part === part && layer.n > 0));
}

/** Layers of a part whose change in log-likelihood is measured, ascending. */
export function likelihoodLayers({ layers }: AblateSummary, part: AblatedPart): LikelihoodLayer[] {
  const measured = layers.filter((layer): layer is LikelihoodLayer => (layer.likelihood?.n ?? 0) > 0);
  return ascending(measured.filter((layer) => layer.part === part));
}

/** Whether the run asks for whole answers, and not for likelihoods alone. */
export function hasAnswers({ facts }: ReasoningState): boolean {
  return facts.scoring !== 'likelihood';
}

export function hasResults({ summary }: ReasoningState): boolean {
  return summary.baseline.n > 0 || summary.layers.some(isMeasured);
}

/** Whether any item is measured at the layer. */
export function isMeasured({ n, likelihood }: AblateLayer): boolean {
  return n > 0 || (likelihood?.n ?? 0) > 0;
}

export function isSignificant({ pAdjusted }: AblateLayer): boolean {
  return pAdjusted < significance;
}

export function measurePoints(summary: AblateSummary, part: AblatedPart, measure: Measure): LayerPoint[] {
  return answeredLayers(summary, part).map((one) => ({
    layer: one.layer,
    ...valueOf(one, measure),
    strong: isSignificant(one),
  }));
}

export function likelihoodPoints(summary: AblateSummary, part: AblatedPart): LayerPoint[] {
  return likelihoodLayers(summary, part).map(({ layer, likelihood: { mean, low, high } }) => ({
    layer,
    value: mean,
    low,
    high,
    strong: low > 0 || high < 0,
  }));
}

/** The baseline on the axis of a measure; null where there is none, or the measure is what is left of it. */
export function baselineOf({ baseline }: AblateSummary, measure: Measure): Omit<LayerPoint, 'layer' | 'strong'> | null {
  if (baseline.n === 0 || measure === 'difference') return null;
  return rateOf(baseline, measure);
}

function valueOf(one: AblateLayer, measure: Measure): Omit<LayerPoint, 'layer' | 'strong'> {
  return measure === 'difference' ? one.difference : rateOf(one, measure);
}

/** The error rate is the rate turned upside down, and with it its interval. */
function rateOf(
  { rate, low, high }: Pick<AblateLayer, 'rate' | 'low' | 'high'>,
  measure: Exclude<Measure, 'difference'>,
): Omit<LayerPoint, 'layer' | 'strong'> {
  return measure === 'accuracy' ? { value: rate, low, high } : { value: 1 - rate, low: 1 - high, high: 1 - low };
}

/** How many layers a part has. */
export function layerCount(state: ReasoningState, part: AblatedPart): number {
  return part === 'languageModel' ? state.numLayers : state.visionLayers;
}

/** Early, Mid and Late are regions of the language model. */
export function regionsOf({ regions }: ReasoningState, part: AblatedPart): Regions | null {
  return part === 'languageModel' ? regions : null;
}

function ascending<Layer extends { readonly layer: number }>(layers: readonly Layer[]): Layer[] {
  return [...layers].sort((a, b) => a.layer - b.layer);
}
