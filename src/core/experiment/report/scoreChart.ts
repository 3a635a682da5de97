import type { Floor, Share } from '../../../shared/evaluateResults';
import { percent } from '../../../shared/format';
import { inPieces } from '../../../shared/inPieces';
import { html, type Html } from './html';
import { colours, margin, plot, round, size, valueAxis, valueScale } from './layerPlot';
import { shareInterval } from './statisticsText';

/** Bars that stand together: the scores of one ability. */
export interface ScoreGroup {
  readonly title: string;
  /** Per checkpoint, in the order of the names; null where it has none. */
  readonly scores: readonly (Share | null)[];
  readonly floor: Floor | null;
}

const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: `${100 * value} %` }));
const y = valueScale(1);
/** More bars side by side cannot be told apart. */
const barsAcross = 36;
const widestBar = 44;

/** Scores as groups of bars with their 95 % intervals as whiskers, and what answers that know nothing would score. */
export function scoreCharts(names: readonly string[], groups: readonly ScoreGroup[]): Html {
  const across = Math.max(1, Math.floor(barsAcross / names.length));
  const charts = inPieces(groups, across).map((some) => chart(names, some));
  return html`${charts}
    <ul class="legend">
      ${names.map(
        (name, i) =>
          html`<li class="series-${i % colours}">
            <svg viewBox="0 0 28 10" aria-hidden="true">
              <rect class="${barClass(i)}" x="8" y="0" width="12" height="10" /></svg
            >${name}
          </li>`,
      )}
    </ul>`;
}

function chart(names: readonly string[], groups: readonly ScoreGroup[]): Html {
  const room = plot.width / groups.length;
  const bar = Math.min(widestBar, (0.84 * room) / names.length);
  const label = `Scores: ${groups.map(({ title }) => title).join(', ')}`;
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
    ${valueAxis(ticks, y)}${groups.map((group, i) => groupOf(group, names, margin.left + (i + 0.5) * room, bar))}
  </svg>`;
}

function groupOf({ title, scores, floor }: ScoreGroup, names: readonly string[], middle: number, width: number): Html {
  const left = middle - (names.length * width) / 2;
  const bars = scores.flatMap((score, i) => (score ? [bar(score, names[i]!, i, left + i * width, width)] : []));
  const below = margin.top + plot.height;
  return html`${bars}${floor ? floorMark(floor, left, left + names.length * width) : html``}<text
      class="label"
      x="${round(middle)}"
      y="${below + 20}"
      text-anchor="middle"
      >${title}</text
    >`;
}

function bar(score: Share, name: string, i: number, left: number, width: number): Html {
  const { n, value, low, high } = score;
  const middle = round(left + width / 2);
  const cap = Math.min(5, width / 4);
  const whisker = `M${middle} ${y(low)}V${y(high)}M${round(middle - cap)} ${y(low)}h${round(2 * cap)}M${round(middle - cap)} ${y(high)}h${round(2 * cap)}`;
  return html`<g class="series-${i % colours}"
    ><rect
      class="${barClass(i)}"
      x="${round(left + width * 0.08)}"
      y="${y(value)}"
      width="${round(width * 0.84)}"
      height="${round(y(0) - y(value))}"
      ><title>${name}: ${percent(value)} [${shareInterval(score)}], n ${n}</title></rect
    ><path class="halo" d="${whisker}" /><path class="whisker" d="${whisker}"
  /></g>`;
}

/** Colours begin again after some; then bars are hollow. */
function barClass(i: number): string {
  return i < colours ? 'bar' : 'bar hollow';
}

function floorMark({ empty, constant, constantAnswer }: Floor, from: number, to: number): Html {
  const height = y(Math.max(empty, constant));
  const [x1, x2] = [round(from), round(to)];
  return html`<line class="halo" x1="${x1}" x2="${x2}" y1="${height}" y2="${height}" /><line
      class="floor"
      x1="${x1}"
      x2="${x2}"
      y1="${height}"
      y2="${height}"
      ><title>an empty answer: ${percent(empty)}; always “${constantAnswer}”: ${percent(constant)}</title></line
    >`;
}
