/** Which colours a heat map has, and which kinds of cells. No DOM. */
import type { Theme } from '../kit/theme';
import type { CellLook, HeatMap } from './heatMap';
import { phaseColour } from './phases';

/** The phase's own colour; on a signed scale blue or orange for what lies below zero, whichever is not its own. */
export function mapColours({ shown }: HeatMap, theme: Theme): { colour: string; opposite: string } {
  const [blue, orange] = theme.series as [string, string];
  const colour = phaseColour(shown, theme);
  return { colour, opposite: colour === blue ? orange : blue };
}

export function looksIn({ rows, outside }: HeatMap): ReadonlySet<CellLook['kind']> {
  const cells = [...rows.flatMap((row) => row.cells), ...outside.map(({ cell }) => cell)];
  return new Set(cells.map(({ look }) => look.kind));
}
