import { element, fill, vector } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { markerPath, lineStyle } from '../kit/lineStyles';
import { adoptedDash } from './adoptedDash';

export interface LegendContent {
  readonly runs: readonly { readonly label: string; readonly detail: string }[];
  readonly bands: boolean;
  readonly adopted: boolean;
  readonly differences: boolean;
}

/** One legend for all charts: lines as they are drawn, and what areas, dots and markers mean. */
export function updateLegend(list: HTMLElement, content: LegendContent, theme: Theme): void {
  const entry = (swatch: Node, label: string, detail = '') =>
    element('li', {}, swatch, element('span', {}, label), detail && element('span', { class: 'muted' }, detail));
  fill(
    list,
    ...content.runs.map(({ label, detail }, i) => entry(lineSwatch(i, theme), label, detail)),
    content.bands && entry(bandSwatch(theme), '95 % interval (Wilson)'),
    content.adopted && entry(dottedSwatch(theme), 'adopted rate'),
    content.differences && entry(markerSwatch(theme, true), 'significant difference', 'adjusted p < 0.05'),
    content.differences && entry(markerSwatch(theme, false), 'not significant'),
  );
}

function swatch(...children: Node[]): SVGElement {
  return vector(
    'svg',
    { class: 'swatch', width: 34, height: 14, viewBox: '0 0 34 14', 'aria-hidden': 'true' },
    ...children,
  );
}

function lineSwatch(index: number, theme: Theme): SVGElement {
  const { colour, dash, marker } = lineStyle(index);
  const stroke = theme.series[colour]!;
  return swatch(
    vector('path', { d: 'M1 7H33', stroke, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') || null }),
    vector('path', { d: markerPath(marker, 17, 7, 4.5), fill: stroke, stroke: theme.background }),
  );
}

function bandSwatch({ foreground }: Theme): SVGElement {
  return swatch(vector('path', { d: 'M1 2H33V12H1Z', fill: foreground, 'fill-opacity': 0.22 }));
}

function dottedSwatch({ foreground }: Theme): SVGElement {
  const dash = adoptedDash.join(' ');
  return swatch(vector('path', { d: 'M1 7H33', stroke: foreground, 'stroke-width': 1.5, 'stroke-dasharray': dash }));
}

function markerSwatch({ foreground, background }: Theme, significant: boolean): SVGElement {
  const d = markerPath('circle', 17, 7, significant ? 5 : 3);
  return swatch(
    vector('path', { d: 'M17 0V14', stroke: foreground, 'stroke-width': 1 }),
    vector('path', { d, fill: significant ? foreground : background, stroke: foreground, 'stroke-width': 1.5 }),
  );
}
