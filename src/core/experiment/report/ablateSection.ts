import type { AblateFacts, AblateLayer, AblatedPart, AblateSummary } from '../../../shared/ablateResults';
import { percent } from '../../../shared/format';
import { partTitles } from '../../../shared/vocabulary';
import { readAblateFacts, readAblateRows } from '../../probe/ablateFacts';
import { summariseAblate } from '../../probe/ablateSummary';
import { percentLabel, plainLabel } from './chartScale';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import { axisOf, intervalChart, type IntervalCurve } from './intervalChart';
import { leftOutList } from './leftOutList';
import type { ReportRun } from './reportRun';
import { points, pointsInterval, pText, shareInterval, signed, significance } from './statisticsText';

type Model = ReportRun['model'];

/** What an ablation found: accuracy and likelihood without each layer. Null when the folder does not say one. */
export function ablateSection({ manifest, rows, state, model }: ReportRun): Html | null {
  const facts = readAblateFacts(manifest.facts);
  if (!facts) return null;
  const summary = summariseAblate(facts, readAblateRows(rows), state === 'finished');
  const parts = (['languageModel', 'vision'] as const).filter((part) =>
    summary.layers.some((one) => one.part === part),
  );
  return html`<p>${describe(facts)}</p>
    ${parts.map((part) => {
      const layers = summary.layers.filter((one) => one.part === part);
      return html`<p>${reading(layers, summary, part)}</p>
        ${accuracyFigure(layers, summary, part, model)}${likelihoodFigure(layers, part, model)}${numbers(layers, part)}`;
    })}
    ${summary.truncated > 0 ? html`<p>Answers that reached their limit without ending: ${summary.truncated}.</p>` : html``}
    ${leftOutList(summary.leftOut)}
    <p class="soft">
      A layer without which answers get worse is necessary under this intervention, not sufficient: made identity, it
      also hands later layers states that they never saw in training.
    </p>`;
}

function describe({ checkpoint, items, dataset }: AblateFacts): string {
  return `Each layer of ${checkpoint} was made identity, one at a time, on ${items.length} items of ${dataset}.`;
}

/** The result in a sentence or two. */
function reading(layers: readonly AblateLayer[], { baseline }: AblateSummary, part: AblatedPart): string {
  const answered = layers.filter(({ n }) => n > 0);
  const measured = layers.flatMap((one) => (one.likelihood ? [{ layer: one.layer, ...one.likelihood }] : []));
  const sentences: string[] = [];
  if (answered.length > 0 && baseline.n > 0) {
    const lower = answered.filter((one) => isMarked(one) && one.difference.value < 0).length;
    const raise = answered.filter((one) => isMarked(one) && one.difference.value > 0).length;
    const worst = answered.reduce((most, one) => (one.difference.value < most.difference.value ? one : most));
    const raising = raise > 0 ? `, of ${raise} raises it` : '';
    const drop =
      worst.difference.value < 0
        ? ` It falls most without layer ${worst.layer}: by ${(-100 * worst.difference.value).toFixed(1)} points.`
        : '';
    sentences.push(
      `${partTitles[part]}: the whole model answers ${percent(baseline.rate)} right (95 % interval ${shareInterval(baseline)}, n ${baseline.n}). ` +
        `Removing a layer lowers accuracy significantly for ${lower} of ${answered.length} layers${raising}.${drop}`,
    );
  }
  if (measured.length > 0) {
    const worst = measured.reduce((most, one) => (one.mean < most.mean ? one : most));
    sentences.push(
      worst.mean < 0
        ? `The log-likelihood of the right answer falls most without layer ${worst.layer}: ${signed(worst.mean, 2)} nats (${signed(worst.low, 2)} to ${signed(worst.high, 2)}).`
        : 'Removing a layer never lowers the log-likelihood of the right answer.',
    );
  }
  return sentences.join(' ');
}

function isMarked({ pAdjusted }: AblateLayer): boolean {
  return pAdjusted < significance;
}

function accuracyFigure(
  layers: readonly AblateLayer[],
  { baseline }: AblateSummary,
  part: AblatedPart,
  model: Model,
): Html {
  const answered = layers.filter(({ n }) => n > 0);
  if (answered.length === 0 || baseline.n === 0) return html``;
  const curve: IntervalCurve = {
    name: 'without the layer',
    points: answered.map((one) => ({
      ...{ layer: one.layer, value: one.rate, low: one.low, high: one.high, marked: isMarked(one) },
      title: `${percent(one.rate)} [${shareInterval(one)}], ${points(one.difference.value)} points, p (Holm) ${pText(one.pAdjusted)}`,
    })),
  };
  const chart = intervalChart({
    label: `Accuracy without each layer: ${partTitles[part]}`,
    curves: [curve],
    ...placeOf(layers, part, model),
    axis: axisOf([], [0, 1], percentLabel, 100),
    reference: { name: 'the whole model', value: baseline.rate, low: baseline.low, high: baseline.high },
  });
  return html`<figure>
    ${chart}
    <figcaption>
      ${partTitles[part]}: accuracy with one layer made identity, with 95 % Wilson intervals. Dashed: the whole model
      with its interval. Ringed: adjusted p &lt; ${significance} (exact McNemar, Holm).
    </figcaption>
  </figure>`;
}

function likelihoodFigure(layers: readonly AblateLayer[], part: AblatedPart, model: Model): Html {
  const curve: IntervalCurve = {
    name: 'change',
    points: layers.flatMap(({ layer, likelihood }) =>
      likelihood
        ? [
            {
              ...{ layer, value: likelihood.mean, low: likelihood.low, high: likelihood.high },
              marked: likelihood.low > 0 || likelihood.high < 0,
              title: `${signed(likelihood.mean, 2)} nats [${signed(likelihood.low, 2)}, ${signed(likelihood.high, 2)}], n ${likelihood.n}`,
            },
          ]
        : [],
    ),
  };
  if (curve.points.length === 0) return html``;
  const chart = intervalChart({
    label: `Change in log-likelihood of the right answer without each layer: ${partTitles[part]}`,
    curves: [curve],
    ...placeOf(layers, part, model),
    axis: axisOf([curve], [0], plainLabel, 1),
    reference: { name: 'no change', value: 0 },
  });
  return html`<figure>
    ${chart}
    <figcaption>
      ${partTitles[part]}: change in the log-likelihood of the right answer, nats, mean over items with 95 % bootstrap
      intervals. Ringed: the interval does not hold zero.
    </figcaption>
  </figure>`;
}

function placeOf(layers: readonly AblateLayer[], part: AblatedPart, model: Model) {
  const all = layers.map(({ layer }) => layer);
  const own = [Math.min(...all), Math.max(...all) + 1] as const;
  if (part === 'vision' || !model) return { layers: own, regions: null };
  return { layers: [0, Math.max(own[1], model.numLayers)] as const, regions: model.regions };
}

function numbers(layers: readonly AblateLayer[], part: AblatedPart): Html {
  const isAnswered = layers.some(({ n }) => n > 0);
  const isMeasured = layers.some(({ likelihood }) => likelihood);
  const rows = layers.map((one) => [
    one.layer,
    ...(isAnswered ? answerCells(one) : []),
    ...(isMeasured ? likelihoodCells(one) : []),
  ]);
  const answered = ['accuracy', '95 % interval', 'n', 'difference', '95 % interval', 'p', 'p (Holm)'];
  const measured = ['log-likelihood, nats', '95 % interval'];
  return htmlTable(
    `${partTitles[part]}: without each layer; differences to the whole model in points, * is adjusted p < ${significance}`,
    ['layer', ...(isAnswered ? answered : []), ...(isMeasured ? measured : [])],
    rows,
  );
}

function answerCells(one: AblateLayer): (string | number)[] {
  if (one.n === 0) return ['–', '–', 0, '–', '–', '–', '–'];
  return [
    ...[percent(one.rate), shareInterval(one), one.n],
    ...[`${points(one.difference.value)}${isMarked(one) ? ' *' : ''}`, pointsInterval(one.difference)],
    ...[pText(one.pValue), pText(one.pAdjusted)],
  ];
}

function likelihoodCells({ likelihood }: AblateLayer): string[] {
  if (!likelihood) return ['–', '–'];
  const { mean, low, high } = likelihood;
  return [signed(mean, 3), `${signed(low, 3)} to ${signed(high, 3)}`];
}
