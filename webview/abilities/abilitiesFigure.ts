/** What a tab shows as one picture. No DOM. */
import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { phaseTitle } from '../../src/shared/phaseTitles';
import { figureMargin, figureOf, type Figure } from '../kit/figure';
import { pValue, significance, signedPoints } from '../kit/rates';
import { text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { barPlot } from './barPlot';
import { checkpointLooks } from './checkpointLooks';
import { axisMarks, forestAxis, rowMarks } from './forest';
import { comparedAbilities } from './pairs';
import { abilityGroups, referenceOf } from './scores';
import type { View } from './view';
import { abilityTitle } from './wording';

const margin = figureMargin;
/** Title and subtitle. */
const head = 74;
const rowHeight = 24;

interface FigureSource {
  readonly state: AbilitiesState;
  readonly view: View;
  readonly theme: Theme;
}

export function abilitiesFigure(source: FigureSource): Figure {
  return source.view.tab === 'comparisons' ? forestFigure(source) : barFigure(source);
}

function barFigure({ state, view, theme }: FigureSource): Figure {
  const groups = abilityGroups(state, view);
  const reference = referenceOf(state, view);
  const looks = checkpointLooks(state.checkpoints, theme);
  const bars = Math.max(1, ...groups.map(({ scores }) => scores.length));
  const width = Math.min(1200, Math.max(620, groups.length * (bars * 34 + 30) + 50));
  const { markup, height } = barPlot(groups, looks, { reference, theme, left: margin, top: head, width });
  const compared =
    state.checkpoints.length > 1 ? ` Arrows: differs from ${reference}, Holm-adjusted p < ${significance}.` : '';
  const subtitle = `Share of items in percent, 95 % intervals.${compared}`;
  return titled({ state, theme }, subtitle, { width, bottom: head + height }, markup);
}

/** Names, differences on one axis, and their numbers, as in the table. */
function forestFigure({ state, view, theme }: FigureSource): Figure {
  const compared = comparedAbilities(state, view);
  const names = compared.flatMap(({ comparisons }) =>
    comparisons.map(({ a, b }) => phaseTitle({ from: a, to: b }).length),
  );
  const nameWidth = 7 * Math.max(8, ...names) + 16;
  const axis = forestAxis(compared, margin + nameWidth, 340);
  const numbers = axis.left + axis.width + 14;
  const look = { fill: theme.foreground, 'font-size': 12 };
  const parts: Markup[] = [...axisMarks(axis, head + 6, theme)];
  let y = head + 12;
  for (const { ability, comparisons } of compared) {
    parts.push(text(abilityTitle(ability), margin, y + 16, { ...look, 'font-weight': 600 }));
    y += rowHeight;
    for (const one of comparisons) {
      const { a, b, difference, low, high, pAdjusted, n } = one;
      const interval = `${signedPoints(difference)} [${signedPoints(low)}, ${signedPoints(high)}]`;
      parts.push(
        text(phaseTitle({ from: a, to: b }), margin + 8, y + 16, look),
        ...rowMarks(one, axis, { top: y, height: rowHeight }, theme),
        text(`${interval}, ${pValue(pAdjusted)}, n = ${n}`, numbers, y + 16, look),
      );
      y += rowHeight;
    }
  }
  const subtitle =
    'Second less first in percentage points, 95 % intervals; p is Holm-adjusted, filled where below 0.05.';
  return titled({ state, theme }, subtitle, { width: numbers + 300 - margin, bottom: y }, ...parts);
}

function titled(
  { state, theme }: Pick<FigureSource, 'state' | 'theme'>,
  subtitle: string,
  { width, bottom }: { readonly width: number; readonly bottom: number },
  ...parts: readonly Markup[]
): Figure {
  return figureOf(
    {
      title: `${state.run.id} · ${state.experiment}`,
      description: subtitle,
      width: width + 2 * margin,
      height: bottom + margin,
    },
    theme,
    text(subtitle, margin, margin + 34, { fill: theme.muted }),
    ...parts,
  );
}
