import { bytes } from '../../../shared/format';
import type { TrainFacts, TrainRow, TrainSummary } from '../../../shared/trainResults';
import {
  countText,
  frozenTitle,
  methodTitle,
  metricTitles,
  metricUnits,
  selectorTitle,
  shareSentence,
} from '../../../shared/trainWords';
import { trainCurves, type TrainCurve } from '../../train/trainCurves';
import { readTrainFacts, readTrainRows } from '../../train/trainFacts';
import { summariseTrain } from '../../train/trainSummary';
import { plainLabel, roundAxis } from './chartScale';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import type { ReportRun } from './reportRun';
import { stepChart } from './stepChart';

/** Characters of a rollout that are shown. */
const longestText = 600;
/** Steps whose rollouts are shown: the first, the last, and some between. */
const shownSteps = 5;

/** What was trained and what was kept, how its steps went, and what the model said. Null when the folder does not say a training. */
export function trainSection({ manifest, rows, summary, state }: ReportRun): Html | null {
  const facts = readTrainFacts(manifest.facts);
  if (!facts) return null;
  const own = readTrainRows(rows);
  const found = summariseTrain(facts, own);
  return html`<p>${describe(facts)} ${shareSentence(facts)}.</p>
    ${selectorTable(facts)}${own.length > 0 ? html`<p>${reading(own, found, facts)}</p>` : html``}
    ${state === 'finished' ? written(facts, summary) : html``}
    ${trainCurves(own).map((curve) => figure(curve, facts))}${rollouts(own)}
    <p class="soft">
      This describes what was trained on and tests nothing: whether the training was of use is seen when its output is
      evaluated on other items.
    </p>`;
}

function describe(facts: TrainFacts): string {
  const { from, freeze, dataset, steps } = facts;
  return `From ${from}, ${methodTitle(facts)} on ${dataset} for ${steps} steps, ${frozenTitle(freeze)}.`;
}

function selectorTable({ selectors }: TrainFacts): Html {
  const lines = selectors.map(({ selector, tensors, parameters }) => [selectorTitle(selector), tensors, parameters]);
  return htmlTable('What each selector keeps', ['selector', 'tensors', 'parameters'], lines);
}

/** Loss and reward at both ends, and steps that did nothing. */
function reading(rows: readonly TrainRow[], summary: TrainSummary, { steps }: TrainFacts): string {
  const { loss, reward, rewardSteps, idleSteps = 0, skipped } = summary;
  const [first, last] = loss.map((value) =>
    value === null ? 'not finite' : value.toPrecision(3).replaceAll('-', '−'),
  );
  const count = (many: number) => (many === 1 ? '1 step' : `${many} steps`);
  return [
    `${rows.length} of ${count(steps)}: the loss was ${first} in the first and ${last} in the last.`,
    ...(reward
      ? [
          `The mean reward of the first ${rewardSteps} steps is ${reward[0].toFixed(3)}, of the last ${reward[1].toFixed(3)}.`,
        ]
      : []),
    ...(idleSteps > 0 ? [`${count(idleSteps)} taught nothing: all answers to a question were worth the same.`] : []),
    ...(skipped > 0 ? [`${count(skipped)} skipped: the gradient was not finite.`] : []),
  ].join(' ');
}

function written({ output, frozen }: TrainFacts, summary: ReportRun['summary']): Html {
  const { files, bytes: size, frozen: checked } = summary ?? {};
  const names = Array.isArray(files) ? files.filter((name) => typeof name === 'string') : [];
  const total = typeof size === 'number' ? `, ${bytes(size)}` : '';
  const isVerified = (checked as { verified?: unknown } | null | undefined)?.verified === true && frozen.tensors > 0;
  const kept = isVerified ? ` What is frozen (${countText(frozen)}) was compared bit by bit with its source.` : '';
  return html`<p>Written to ${output}${names.length > 0 ? `: ${names.join(', ')}${total}` : ''}.${kept}</p>`;
}

function figure({ metric, window, points }: TrainCurve, { steps }: TrainFacts): Html {
  const values = points.map(({ value }) => value);
  const unit = metricUnits[metric];
  const title = unit === '' ? metricTitles[metric] : `${metricTitles[metric]}, ${unit}`;
  const axis = roundAxis(Math.min(...values), Math.max(...values), axisLabel);
  const drawn = window > 1 ? `dots: single steps; line: mean of the last ${window}` : 'single steps';
  return html`<figure>
    ${stepChart({ label: `${title} by step`, points, dots: window > 1, steps: Math.max(steps, points.at(-1)!.step), axis })}
    <figcaption>${title}; ${drawn}.</figcaption>
  </figure>`;
}

/** With a power of ten where the digits would not fit beside the axis. */
function axisLabel(value: number, digits: number): string {
  const isPlain = digits <= 5 && Math.abs(value) < 1e5;
  return isPlain ? plainLabel(value, digits) : value.toExponential(1).replaceAll('-', '−').replace('+', '');
}

function rollouts(rows: readonly TrainRow[]): Html {
  const sampled = rows.filter(({ samples = [] }) => samples.length > 0);
  if (sampled.length === 0) return html``;
  const shown = Math.min(shownSteps, sampled.length);
  const places = Array.from({ length: shown }, (_, i) =>
    Math.round((i * (sampled.length - 1)) / Math.max(1, shown - 1)),
  );
  return html`<details>
    <summary>Rollouts, sampled from the weights before their step</summary>
    ${places.map((place) => {
      const { step, samples = [] } = sampled[place]!;
      return html`<h4>Step ${step}</h4>
        <dl>
          ${samples.map(
            ({ id, text, reward }) =>
              html`<dt><code>${id}</code>, reward ${reward}</dt>
                <dd>${shortened(text)}</dd>`,
          )}
        </dl>`;
    })}
  </details>`;
}

function shortened(text: string): string {
  if (text.trim() === '') return '(empty)';
  return text.length > longestText ? `${text.slice(0, longestText)} …` : text;
}
