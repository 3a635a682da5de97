import { stepTicks } from '../../../shared/stepTicks';
import type { ValueAxis } from './chartScale';
import { html, type Html } from './html';
import { margin, plot, round, size, valueAxis, type Scale } from './layerPlot';

export interface StepChart {
  /** For those who do not see it. */
  readonly label: string;
  readonly points: readonly { readonly step: number; readonly value: number; readonly mean: number }[];
  /** Whether single steps are drawn as dots behind the line of means. */
  readonly dots: boolean;
  /** Steps of the whole run: the axis begins at the first. */
  readonly steps: number;
  readonly axis: ValueAxis;
}

/** A line over steps as SVG. All dots are one path of strokes without length: thousands of elements would be slow. */
export function stepChart({ label, points, dots, steps, axis }: StepChart): Html {
  const x: Scale = (step) => round(margin.left + (steps > 1 ? (step - 1) / (steps - 1) : 0.5) * plot.width);
  const y: Scale = (value) => round(margin.top + ((axis.high - value) / (axis.high - axis.low)) * plot.height);
  const path = points.map(({ step, value }) => `M${x(step)} ${y(value)}h0`).join('');
  const line = points.map(({ step, mean }) => `${x(step)},${y(mean)}`).join(' ');
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
    ${valueAxis(axis.ticks, y)}${stepAxis(steps, x)}
    <g class="series-0">
      ${dots ? html`<path class="dots" d="${path}" />` : html``}
      <polyline class="line" points="${line}" />
    </g>
  </svg>`;
}

function stepAxis(steps: number, x: Scale): Html {
  const below = margin.top + plot.height;
  return html`${stepTicks(steps).map((step) => html`<text class="label" x="${x(step)}" y="${below + 17}" text-anchor="middle">${step}</text>`)}
    <text class="label" x="${margin.left + plot.width / 2}" y="${below + 36}" text-anchor="middle">step</text>`;
}
