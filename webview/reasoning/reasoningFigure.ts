/** All plots as one picture with title, reading and legends. No DOM. */
import { figureMargin, figureOf, type Figure } from '../kit/figure';
import { legendHeight, legendOf, type LegendEntry } from '../kit/legend';
import type { PlotBox } from '../kit/plotFrame';
import { text, type Markup } from '../kit/svg';
import { hasAnswers, partsOf } from './layers';
import {
  likelihoodHeight,
  likelihoodLegend,
  likelihoodPlot,
  measureHeight,
  measureLegend,
  measurePlot,
  type PlotSource,
} from './plots';
import { readingOf } from './reading';
import { caution, likelihoodAxis, measureTitles, partTitle } from './wording';

const margin = figureMargin;
const width = 900;
const lineHeight = 18;
const gap = 14;

export function reasoningFigure(shown: PlotSource): Figure {
  // Which layer's items are listed is of the page.
  const source = { ...shown, view: { ...shown.view, selected: null } };
  const { state, view, theme } = source;
  const parts: Markup[] = [];
  let top = margin + 34;
  const say = (line: string) => {
    parts.push(text(line, margin, top, { fill: theme.muted }));
    top += lineHeight;
  };
  const plot = (entries: readonly LegendEntry[], height: number, draw: (box: PlotBox) => Markup) => {
    parts.push(legendOf(entries, { left: margin, top }, theme).markup);
    top += legendHeight + 6;
    parts.push(draw({ left: margin, top, width, height }));
    top += height + gap;
  };
  for (const line of [...readingOf(state), ...wrapped(caution)]) say(line);
  const named = partsOf(state);
  for (const part of named) {
    top += gap;
    if (named.length > 1) {
      parts.push(text(partTitle(part), margin, top, { fill: theme.foreground, 'font-size': 14, 'font-weight': 600 }));
      top += gap;
    }
    if (hasAnswers(state)) {
      plot(measureLegend(source), measureHeight, (box) => measurePlot(source, part, box).markup);
    }
    if (state.facts.scoring !== 'generate') {
      plot(likelihoodLegend(theme), likelihoodHeight, (box) => likelihoodPlot(source, part, box).markup);
    }
  }
  const what = hasAnswers(state) ? measureTitles[view.measure] : likelihoodAxis;
  const title = `${state.run.id} · ${what} by ablated layer · ${state.experiment}`;
  const description = `${what} of ${state.facts.checkpoint} with one layer at a time made identity.`;
  return figureOf({ title, description, width: width + 2 * margin, height: top + margin - gap }, theme, ...parts);
}

/** Letters in a line of the figure, guessed generously. */
const lineLetters = 128;

function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < lineLetters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
