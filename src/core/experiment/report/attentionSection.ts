import type {
  AttentionDifference,
  AttentionFacts,
  AttentionPoint,
  AttentionSummary,
} from '../../../shared/attentionResults';
import { percent } from '../../../shared/format';
import type { AttentionSpan } from '../../../shared/vocabulary';
import { readAttentionFacts, readAttentionRows } from '../../probe/attentionFacts';
import { summariseAttention } from '../../probe/attentionSummary';
import { percentLabel, pointsLabel } from './chartScale';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import { axisOf, intervalChart, type IntervalCurve } from './intervalChart';
import { leftOutList } from './leftOutList';
import type { ReportRun } from './reportRun';
import { points, pointsInterval, pText, shareInterval, significance, threeDigits } from './statisticsText';

const spans: Readonly<Record<AttentionSpan, string>> = {
  generated: 'all generated tokens',
  think: 'the tokens inside <think>',
  answer: 'the tokens inside <answer>',
};

type Place = Pick<Parameters<typeof intervalChart>[0], 'layers' | 'regions'>;

/** How much the text looks at the image, per checkpoint, and how that differs. Null when the folder does not say it. */
export function attentionSection({ manifest, rows, state, model }: ReportRun): Html | null {
  const facts = readAttentionFacts(manifest.facts);
  if (!facts) return null;
  const summary = summariseAttention(facts, readAttentionRows(rows), state === 'finished');
  const place: Place = {
    layers: [0, Math.max(model?.numLayers ?? 0, ...facts.layers.map((layer) => layer + 1))],
    regions: model?.regions ?? null,
  };
  const differences = summary.differences.filter(({ layers }) => layers.length > 0);
  return html`<p>${describe(facts)}</p>
    ${differences.map(({ a, b, layers }) => html`<p>${reading(a, b, layers)}</p>`)}${massFigure(summary, place)}
    ${differences.map(({ a, b, layers }) => differenceFigure(`${b} − ${a}`, layers, place))}
    <div class="flow">${Object.entries(summary.checkpoints).map(([name, { layers }]) => pointTable(name, layers))}</div>
    ${differences.map(({ a, b, layers }) => differenceTable(`${b} − ${a}`, layers))}${leftOutList(summary.leftOut)}
    <p class="soft">
      Attention is weak evidence by itself: a model can look at what it does not use, and use what earlier layers have
      carried away from the image.
    </p>`;
}

function describe({ text, span, items, dataset }: AttentionFacts): string {
  const read = text === 'own' ? 'Each checkpoint read its own answers' : `All checkpoints read the answers of ${text}`;
  return `${read} to ${items.length} items of ${dataset}. Counted is the attention of ${spans[span]} on the image tokens.`;
}

function reading(a: string, b: string, layers: readonly AttentionDifference[]): string {
  const marked = layers.filter(isMarked);
  const up = marked.filter(({ mass }) => mass > 0).length;
  const most = layers.reduce((best, one) => (Math.abs(one.mass) > Math.abs(best.mass) ? one : best));
  const found =
    marked.length === 0
      ? `differs significantly in none of ${layers.length} layers`
      : `is significantly higher in ${up} and lower in ${marked.length - up} of ${layers.length} layers`;
  return `Attention of ${b} on the image ${found}, compared with ${a}; the largest difference is ${points(most.mass, 2)} points, in layer ${most.layer}.`;
}

function isMarked({ pAdjusted }: AttentionDifference): boolean {
  return pAdjusted < significance;
}

function massFigure({ checkpoints }: AttentionSummary, place: Place): Html {
  const curves: IntervalCurve[] = Object.entries(checkpoints).flatMap(([name, { layers }]) => {
    if (layers.length === 0) return [];
    const own = layers.map((point) => ({
      ...{ layer: point.layer, value: point.mass, low: point.low, high: point.high, marked: false },
      title: `${percent(point.mass)} [${shareInterval(point)}], n ${point.n}`,
    }));
    return [{ name: `${name} (n ${layers[0]!.n})`, points: own }];
  });
  if (curves.length === 0) return html``;
  const chart = intervalChart({
    label: `Attention on the image per layer: ${Object.keys(checkpoints).join(', ')}`,
    curves,
    ...place,
    axis: axisOf(curves, [0], percentLabel, 100),
  });
  return html`<figure>
    ${chart}
    <figcaption>
      Share of attention on all image tokens together, mean over heads, tokens and items, with 95 % bootstrap intervals
      over items (figure 3 of arXiv 2602.12395).
    </figcaption>
  </figure>`;
}

function differenceFigure(name: string, layers: readonly AttentionDifference[], place: Place): Html {
  const curve: IntervalCurve = {
    name,
    points: layers.map((one) => ({
      ...{ layer: one.layer, value: one.mass, low: one.low, high: one.high, marked: isMarked(one) },
      title: `${points(one.mass, 2)} points [${pointsInterval(one, 2)}], p (Holm) ${pText(one.pAdjusted)}`,
    })),
  };
  const chart = intervalChart({
    label: `Difference in attention on the image per layer: ${name}`,
    curves: [curve],
    ...place,
    axis: axisOf([curve], [0], pointsLabel, 100),
    reference: { name: 'no difference', value: 0 },
  });
  return html`<figure>
    ${chart}
    <figcaption>
      ${name}: difference in attention on the image, points, item by item, with 95 % bootstrap intervals. Ringed:
      adjusted p &lt; ${significance} (sign flips, Holm).
    </figcaption>
  </figure>`;
}

function pointTable(name: string, layers: readonly AttentionPoint[]): Html {
  const rows = layers.map((point) => [
    ...[point.layer, percent(point.mass), shareInterval(point), `${threeDigits(100 * point.perToken)} %`],
    ...[percent(point.withoutSinks), percent(point.sink)],
  ]);
  const heads = ['layer', 'on the image', '95 % interval', 'per token', 'without sinks', 'on the sink'];
  return htmlTable(`${name} (n ${layers[0]?.n ?? 0})`, heads, rows);
}

function differenceTable(name: string, layers: readonly AttentionDifference[]): Html {
  const rows = layers.map((one) => [
    one.layer,
    ...[`${points(one.mass, 2)}${isMarked(one) ? ' *' : ''}`, pointsInterval(one, 2)],
    ...[points(one.withoutSinks, 2), pText(one.pValue), pText(one.pAdjusted)],
  ]);
  const heads = ['layer', 'difference', '95 % interval', 'without sinks', 'p', 'p (Holm)'];
  return htmlTable(`${name}, points (n ${layers[0]?.n ?? 0}); * is adjusted p < ${significance}`, heads, rows);
}
