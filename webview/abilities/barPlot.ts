/** Scores as bars with their intervals, one group per ability: what the page shows is what it exports. No DOM. */
import { axisUpTo } from '../kit/numbers';
import { valueFrame, valueScale, type PlotArea, type PlotBox, type ValueAxis } from '../kit/plotFrame';
import { significance, tickPercent } from '../kit/rates';
import { line, tag, text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { patternMarks, type Look, type Rectangle } from './checkpointLooks';
import type { AbilityGroup, ScoreOf } from './scores';
import { abilityTitle, floorShare } from './wording';

/** A bar's share of the plot, from its value's label down to its name: where it is pointed at. */
export interface BarPlace extends Rectangle {
  readonly ability: string;
  readonly checkpoint: string;
}

export interface BarPlot {
  readonly markup: Markup;
  readonly places: readonly BarPlace[];
  readonly height: number;
}

interface Layout {
  readonly columns: number;
  /** Pixels of one bar with its gap. */
  readonly slot: number;
  /** Names stand upright where they do not fit side by side. */
  readonly upright: boolean;
  /** Pixels above the bars, and below. */
  readonly head: number;
  readonly foot: number;
  /** A floor's share stands above the title, for lack of room beside it. */
  readonly floorAbove: boolean;
}

const gutter = 44;
const between = 28;
/** Above the bars: the title, and room for a value and an arrow over the highest. */
const head = 46;
const titleAbove = 30;
/** Where a floor's share does not fit beside the title, it stands above it. */
const lineHeight = 16;
const barArea = 190;
const narrowestSlot = 21;
const widestSlot = 96;
/** Beside the bars of a group. */
const groupMargin = 24;
const widestBar = 52;
/** A letter's width is guessed, generously. */
const perLetter = 6.4;
const perTitleLetter = 8;
/** The dashes before a floor's share, and its distance from the title. */
const floorDashes = 26;
const longestName = 16;

/** @param box its height is what the plot needs, whatever is given */
export function barPlot(
  groups: readonly AbilityGroup[],
  looks: ReadonlyMap<string, Look>,
  {
    reference,
    theme,
    left,
    top,
    width,
  }: Omit<PlotBox, 'height'> & { readonly reference: string; readonly theme: Theme },
): BarPlot {
  const layout = layoutOf(groups, width);
  const axis = axisOf(groups);
  const rowHeight = layout.head + barArea + layout.foot;
  const cellWidth = (width - gutter - between * (layout.columns - 1)) / layout.columns;
  const drawn = groups.map((group, i) => {
    const column = i % layout.columns;
    const from = left + gutter + column * (cellWidth + between);
    const above = top + Math.floor(i / layout.columns) * rowHeight + layout.head;
    const own = groupWidth(group, layout.slot, cellWidth);
    const area = { left: from, right: from + own, top: above, bottom: above + barArea };
    return drawGroup(group, {
      area,
      axis: { ...axis, label: column === 0 ? axis.label : () => '' },
      layout,
      looks,
      reference,
      theme,
    });
  });
  return {
    markup: tag('g', {}, ...drawn.flatMap(({ parts }) => parts)),
    places: drawn.flatMap(({ places }) => places),
    height: Math.ceil(groups.length / layout.columns) * rowHeight,
  };
}

/** As many groups side by side as leave every bar its room. */
function layoutOf(groups: readonly AbilityGroup[], width: number): Layout {
  const bars = Math.max(1, ...groups.map(({ scores }) => scores.length));
  const slotIn = (columns: number) => (width - gutter - between * (columns - 1)) / columns / bars;
  let columns = Math.max(1, groups.length);
  while (columns > 1 && slotIn(columns) < narrowestSlot) columns--;
  const names = groups.flatMap(({ scores }) => scores.map(({ checkpoint }) => shortName(checkpoint.name).length));
  const longest = Math.max(1, ...names);
  const slot = Math.min(Math.max(widestSlot, longest * perLetter + 12), slotIn(columns));
  const upright = longest * perLetter > slot - 6;
  const cellWidth = slotIn(columns) * bars;
  const floorAbove = groups.some((group) => {
    const needed = abilityTitle(group.ability).length * perTitleLetter + floorWidth(group);
    return group.floor !== null && needed > groupWidth(group, slot, cellWidth);
  });
  return {
    columns,
    slot,
    upright,
    head: head + (floorAbove ? lineHeight : 0),
    foot: upright ? longest * perLetter + 22 : 30,
    floorAbove,
  };
}

function groupWidth({ scores }: AbilityGroup, slot: number, cellWidth: number): number {
  return Math.min(cellWidth, slot * scores.length + 2 * groupMargin);
}

function floorLabel(floor: NonNullable<AbilityGroup['floor']>): string {
  return `floor ${tickPercent(floorShare(floor))}`;
}

function floorWidth({ floor }: AbilityGroup): number {
  return floor ? floorLabel(floor).length * perLetter + 2 * floorDashes : 0;
}

function axisOf(groups: readonly AbilityGroup[]): ValueAxis {
  const tops = groups.flatMap(({ scores }) => scores.map(({ score }) => score?.high ?? 0));
  const { ticks, high } = axisUpTo(Math.max(0.1, ...tops));
  return high > 1
    ? { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: tickPercent }
    : { low: 0, high, ticks, label: tickPercent };
}

interface GroupBox {
  readonly area: PlotArea;
  readonly axis: ValueAxis;
  readonly layout: Layout;
  readonly looks: ReadonlyMap<string, Look>;
  readonly reference: string;
  readonly theme: Theme;
}

function drawGroup(group: AbilityGroup, box: GroupBox): { parts: Markup[]; places: BarPlace[] } {
  const { area, axis, layout, theme } = box;
  const { slot } = layout;
  const first = area.left + (area.right - area.left - slot * group.scores.length) / 2;
  const title = { fill: theme.foreground, 'font-size': 13, 'font-weight': 600 };
  return {
    parts: [
      text(abilityTitle(group.ability), area.left, area.top - titleAbove, title),
      ...valueFrame(axis, area, theme),
      ...group.scores.flatMap((one, i) => barMarks(one, first + (i + 0.5) * slot, box)),
      ...floorMarks(group, box),
    ],
    places: group.scores.map(({ checkpoint }, i) => ({
      ability: group.ability,
      checkpoint: checkpoint.name,
      left: first + i * slot,
      top: area.top - 12,
      width: slot,
      height: barArea + 12 + layout.foot - 8,
    })),
  };
}

function barMarks({ checkpoint, score, difference }: ScoreOf, x: number, box: GroupBox): Markup[] {
  const { area, axis, layout, looks, reference, theme } = box;
  const name = nameMark(checkpoint.name, x, area.bottom, layout, checkpoint.name === reference, theme);
  if (!score) {
    return [name, text('–', x, area.bottom - 6, { fill: theme.muted, 'font-size': 11, 'text-anchor': 'middle' })];
  }
  const y = valueScale(axis, area);
  const width = Math.min(widestBar, 0.7 * layout.slot);
  const bar = { left: x - width / 2, top: y(score.value), width, height: area.bottom - y(score.value) };
  const differs = difference !== null && difference.pAdjusted < significance;
  const value = {
    fill: theme.foreground,
    'font-size': 11,
    'text-anchor': 'middle',
    ...(differs ? { 'font-weight': 700 } : {}),
  };
  const above = y(score.high) - 5;
  return [
    ...patternMarks(looks.get(checkpoint.name)!, bar, theme),
    ...whisker(x, y(score.low), y(score.high), theme),
    text(String(Math.round(100 * score.value)), x, above, value),
    ...(differs
      ? [tag('path', { class: 'differs', d: arrow(x, above - 14, difference.difference > 0), fill: theme.foreground })]
      : []),
    name,
  ];
}

/** A line with caps, legible on the bar and above it. */
function whisker(x: number, low: number, high: number, { foreground, background }: Theme): Markup[] {
  const strokes = (stroke: string, width: number) => [
    line(x, low, x, high, { stroke, 'stroke-width': width }),
    ...[low, high].map((end) => line(x - 4, end, x + 4, end, { stroke, 'stroke-width': width })),
  ];
  return [...strokes(background, 4), ...strokes(foreground, 1.25)];
}

function arrow(x: number, y: number, up: boolean): string {
  const [tip, foot] = up ? [y - 4, y + 3] : [y + 3, y - 4];
  return `M${x} ${tip}L${x + 4} ${foot}L${x - 4} ${foot}Z`;
}

function nameMark(name: string, x: number, bottom: number, { upright }: Layout, strong: boolean, theme: Theme): Markup {
  const look = { fill: theme.foreground, 'font-size': 11, ...(strong ? { 'font-weight': 700 } : {}) };
  const shown = shortName(name);
  if (!upright) return text(shown, x, bottom + 16, { ...look, 'text-anchor': 'middle' });
  const [at, below] = [x + 4, bottom + 7];
  return text(shown, at, below, { ...look, 'text-anchor': 'end', transform: `rotate(-90 ${at} ${below})` });
}

/** A dashed line across the bars; its share stands beside or above the title, where nothing lies below it. */
function floorMarks({ floor, ability }: AbilityGroup, { area, axis, layout, theme }: GroupBox): Markup[] {
  if (!floor) return [];
  const share = floorShare(floor);
  const y = valueScale(axis, area)(share);
  const label = floorLabel(floor);
  const above = area.top - titleAbove - (layout.floorAbove ? lineHeight : 0);
  const dashes = { stroke: theme.foreground, 'stroke-width': 1.25, 'stroke-dasharray': '5 3' };
  const from = layout.floorAbove ? area.left : area.right - label.length * perLetter - floorDashes;
  const at = layout.floorAbove ? { x: area.left + floorDashes, anchor: 'start' } : { x: area.right, anchor: 'end' };
  return [
    line(from, above - 4, from + 20, above - 4, dashes),
    text(label, at.x, above, { fill: theme.muted, 'font-size': 11, 'text-anchor': at.anchor }),
    ...(share > 0 && share <= axis.high
      ? [
          line(area.left, y, area.right, y, { stroke: theme.background, 'stroke-width': 3 }),
          line(area.left, y, area.right, y, { class: 'floor', 'data-ability': ability, ...dashes }),
        ]
      : []),
  ];
}

function shortName(name: string): string {
  const letters = [...name];
  return letters.length <= longestName ? name : `${letters.slice(0, longestName - 1).join('')}…`;
}
