/** Which colours a heat map has, and which kinds of cells. No DOM. */
import type { Theme } from '../kit/theme';
import type { CellLook, HeatMap } from './heatMap';
import { phaseColour } from './phases';

/** The last colour before the foreground: red in most themes. */
const oppositeColour = 4;

/** The phase's own colour; on a signed scale another one for what lies below zero. */
export function mapColours({ shown }: HeatMap, theme: Theme): { colour: string; opposite: string } {
  return { colour: phaseColour(shown, theme), opposite: theme.series[oppositeColour]! };
}

export function looksIn({ rows, outside }: HeatMap): ReadonlySet<CellLook['kind']> {
  const cells = [...rows.flatMap((row) => row.cells), ...outside.map(({ cell }) => cell)];
  return new Set(cells.map(({ look }) => look.kind));
}
