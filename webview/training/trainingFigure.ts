/** All curves as one picture with title and legend. No DOM. */
import { methodTitle } from '../../src/shared/trainWords';
import { figureMargin as margin, figureOf, type Figure } from '../kit/figure';
import { legendHeight, legendOf } from '../kit/legend';
import { text } from '../kit/svg';
import { curvePlot } from './curvePlot';
import { armEntries, markEntries } from './legend';
import type { PageSource } from './model';
import { shownMetrics } from './series';

/** Title and subtitle. */
const head = 66;
const plot = { width: 470, height: 250 };
const gap = 20;

/** Two figures beside each other; every arm and mark has a row of its own, names are long. */
export function trainingFigure(source: PageSource): Figure {
  const { state, theme } = source;
  const [own] = state.arms;
  const entries = [...armEntries(source), ...markEntries(source)];
  const legends = entries.map((entry, i) => legendOf([entry], { left: margin, top: head + i * legendHeight }, theme));
  const top = head + entries.length * legendHeight + 12;
  const shown = shownMetrics(state);
  const columns = Math.min(2, shown.length);
  const plots = shown.map((metric, i) => {
    const left = margin + (i % 2) * (plot.width + gap);
    const box = { left, top: top + Math.floor(i / 2) * (plot.height + gap), ...plot };
    return curvePlot(source, metric, box, true).markup;
  });
  const content = Math.max(640, columns * (plot.width + gap) - gap, ...legends.map(({ width }) => width));
  const subtitle = `${methodTitle(own.facts)} from ${own.facts.from} on ${own.facts.dataset}, by step`;
  return figureOf(
    {
      title: `${state.arms.map(({ run }) => run.id).join(', ')} · ${state.experiment}`,
      description: `${subtitle}.`,
      width: content + 2 * margin,
      height: top + Math.ceil(shown.length / 2) * (plot.height + gap) - gap + margin,
    },
    theme,
    text(subtitle, margin, margin + 32, { fill: theme.muted }),
    ...legends.map(({ markup }) => markup),
    ...plots,
  );
}
