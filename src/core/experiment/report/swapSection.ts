import { readSwapFacts, readSwapRows } from '../../probe/swapFacts';
import { swapProgress } from '../../probe/swapProgress';
import { summariseSwap, type SwapFacts, type SwapSummary } from '../../probe/swapSummary';
import type { SwapPoint } from '../../../shared/swapResults';
import { percent } from '../../../shared/format';
import { changeRateChart } from './changeRateChart';
import { html, type Html } from './html';
import type { ReportRun } from './reportRun';

/** What a swap run found: curves, what was left out, and every number. Null when the folder does not say a swap. */
export function swapSection({ manifest, rows, state, model }: ReportRun): Html | null {
  const facts = readSwapFacts(manifest.facts);
  if (!facts) return null;
  const own = readSwapRows(rows);
  const summary = summariseSwap(facts, own, state === 'finished');
  const { done, total } = swapProgress(facts, own);
  const names = Object.keys(summary.functions);
  const curves = names.map((name) => ({ name, points: summary.functions[name]! }));
  const layers: [number, number] = model
    ? [0, model.numLayers]
    : [Math.min(...facts.layers), Math.max(...facts.layers) + 1];
  const shaded = model ? '' : ' Regions are not shaded: the experiment file or the checkpoint is no longer there.';
  return html`<p>${describe(facts)} ${done} of ${total} pairs are done.</p>
    <figure>
      ${changeRateChart(curves, layers, model?.regions ?? null)}
      <figcaption>Share of pairs whose answer changes, with 95 % Wilson intervals.${shaded}</figcaption>
    </figure>
    ${leftOut(summary, names)}${numbers(summary, names)}`;
}

function describe({ checkpoint, mode, window }: SwapFacts): string {
  const where: Record<SwapFacts['mode'], string> = {
    suffix: 'from layer l upward',
    single: 'in layer l alone',
    window: `in the ${window} layers from l on`,
    prefix: 'in the layers up to and with l',
  };
  return `Vision tokens of ${checkpoint} were taken from the source image ${where[mode]} (${mode}), for every layer l.`;
}

function leftOut({ skipped, sameAnswer }: SwapSummary, names: readonly string[]): Html {
  const row = (name: string) => {
    const { tokens, unreadable } = skipped[name]!;
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${tokens}</td>
      <td>${unreadable}</td>
      <td>${sameAnswer[name]!}</td>
    </tr>`;
  };
  return html`<table>
    <caption>
      Pairs left out, and pairs that cannot show a change
    </caption>
    <thead>
      <tr>
        <th scope="col">function</th>
        <th scope="col">grids differ</th>
        <th scope="col">unreadable</th>
        <th scope="col">same answer (stay in n)</th>
      </tr>
    </thead>
    <tbody>
      ${names.map(row)}
    </tbody>
  </table>`;
}

function numbers({ functions }: SwapSummary, names: readonly string[]): Html {
  const row = ({ layer, n, rate, low, high, adoptedRate }: SwapPoint) =>
    n === 0
      ? html`<tr>
          <th scope="row">${layer}</th>
          <td>0</td>
          <td>–</td>
          <td>–</td>
          <td>–</td>
        </tr>`
      : html`<tr>
          <th scope="row">${layer}</th>
          <td>${n}</td>
          <td>${percent(rate)}</td>
          <td>${percent(low)} – ${percent(high)}</td>
          <td>${percent(adoptedRate)}</td>
        </tr>`;
  const tables = names.map(
    (name) =>
      html`<table>
        <caption>
          ${name}
        </caption>
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">n</th>
            <th scope="col">changed</th>
            <th scope="col">95 % interval</th>
            <th scope="col">adopted</th>
          </tr>
        </thead>
        <tbody>
          ${functions[name]!.map(row)}
        </tbody>
      </table>`,
  );
  return html`<div class="tables">${tables}</div>`;
}
