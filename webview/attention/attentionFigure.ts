/** What a tab shows as one picture with title and legend. No DOM. */
import type { AttentionItem } from '../../src/shared/protocol/attention';
import { percent } from '../../src/shared/format';
import { figureMargin as margin, figureOf, type Figure } from '../kit/figure';
import { legendHeight, legendOf } from '../kit/legend';
import { tag, text, type Markup } from '../kit/svg';
import { itemMaps } from './itemMaps';
import { differencePlot, meanPlot, shownComparison } from './layerPlots';
import { legendRows } from './legend';
import { mapMarks, scaleBar, scaleBarSize } from './mapPaint';
import type { PageSource } from './model';
import { shownCheckpoints } from './series';
import { axisTitles, spanTitles } from './wording';

/** Title and subtitle. */
const head = 66;
const plotWidth = 900;
const meanHeight = 340;
const differenceHeight = 240;

/** The lines over layers, and the difference below them. */
export function layersFigure(source: PageSource): Figure {
  const { view, theme } = source;
  const legends = legendRows(source).map((row, i) =>
    legendOf(row, { left: margin, top: head + i * legendHeight }, theme),
  );
  const top = head + legends.length * legendHeight + 8;
  const box = (from: number, height: number) => ({ left: margin, top: from, width: plotWidth, height });
  const comparison = shownComparison(source);
  const below = top + meanHeight + 6;
  const subtitle = `${axisTitles[view.measure]} by layer; ${whatWasRead(source)}`;
  return figureOf(
    {
      title: titleOf(source),
      description: `${subtitle}.`,
      width: plotWidth + 2 * margin,
      height: (comparison ? below + differenceHeight : below) + margin,
    },
    theme,
    text(subtitle, margin, margin + 32, { fill: theme.muted }),
    ...legends.map(({ markup }) => markup),
    meanPlot(source, box(top, meanHeight)).markup,
    ...(comparison ? [differencePlot(source, comparison, box(below, differenceHeight)).markup] : []),
  );
}

const tileWidth = 84;
const gap = 6;
/** Two numbers below each map. */
const foot = 32;

/** Pixels of a letter, guessed generously. */
const perLetter = 7;

/** All maps of an item; without the image, which a page may show and not read. */
export function mapsFigure(source: PageSource, item: AttentionItem): Figure {
  const { state, view, theme } = source;
  const maps = itemMaps(state, view, item);
  const ratio = Math.max(
    0,
    ...maps.rows.flatMap((row) => row.maps.map(({ map }) => (map ? map.height / map.width : 0))),
  );
  const tileHeight = tileWidth * Math.min(3, ratio || 1);
  const first = head + scaleBarSize.height + 30;
  const longest = Math.max(0, ...maps.rows.map(({ label }) => label.length));
  const labelWidth = Math.max(60, perLetter * longest + 16);
  const x = (column: number) => margin + labelWidth + column * (tileWidth + gap);
  const y = (row: number) => first + row * (tileHeight + foot + gap);
  const small = { fill: theme.muted, 'font-size': 11, 'text-anchor': 'middle' };
  const subtitle = `Attention on the image of ${item.id}${item.question ? `: ${item.question}` : ''}`;
  const tiles = maps.rows.flatMap(({ label, maps: own }, row): Markup[] => [
    text(label, margin, y(row) + tileHeight / 2, { fill: theme.foreground, 'font-weight': 600 }),
    ...own.flatMap((one, column): Markup[] => {
      const middle = x(column) + tileWidth / 2;
      const box = {
        left: x(column),
        top: y(row),
        width: tileWidth,
        height: one.map ? Math.min(tileHeight, (tileWidth * one.map.height) / one.map.width) : tileHeight,
      };
      const frame = { x: box.left, y: box.top, width: box.width, height: box.height };
      return [
        ...(one.map ? mapMarks(one.map, one.full, view, theme, box) : []),
        tag('rect', { class: 'map', ...frame, fill: 'none', stroke: theme.muted, 'stroke-width': 0.75 }),
        text(one.row ? percent(one.row.mass) : '–', middle, y(row) + tileHeight + 13, {
          ...small,
          fill: theme.foreground,
        }),
        text(one.row ? `sink ${percent(one.row.sink)}` : 'not read', middle, y(row) + tileHeight + 26, small),
      ];
    }),
  ]);
  const width = Math.max(640, labelWidth + maps.layers.length * (tileWidth + gap) - gap);
  return figureOf(
    {
      title: titleOf(source),
      description: `${subtitle}.`,
      width: width + 2 * margin,
      height: y(maps.rows.length) + margin,
    },
    theme,
    text(shortened(subtitle, width / perLetter), margin, margin + 32, { fill: theme.muted }),
    ...scaleBar(view.scale === 'common' ? maps.common : null, view, theme, { left: margin, top: head - 6 }),
    text('Layer', margin, first - 8, { fill: theme.muted, 'font-size': 11 }),
    ...maps.layers.map((layer, column) => text(String(layer), x(column) + tileWidth / 2, first - 8, small)),
    ...tiles,
  );
}

function shortened(content: string, letters: number): string {
  return content.length <= letters ? content : `${content.slice(0, Math.floor(letters) - 1)}…`;
}

function titleOf({ state, view }: PageSource): string {
  const names = shownCheckpoints(state, view).map(({ label }) => label);
  return `${state.run.id} · ${names.join(', ')} · ${state.experiment}`;
}

function whatWasRead({ state: { facts } }: PageSource): string {
  const text = facts.text === 'own' ? 'each checkpoint read its own answers' : `all read the answers of ${facts.text}`;
  return `${text}; attention of ${spanTitles[facts.span]}`;
}
