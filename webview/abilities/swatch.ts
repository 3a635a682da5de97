import { element } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { tag } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { patternMarks, type Look } from './checkpointLooks';

const size = { width: 20, height: 14 };

/** How a checkpoint looks in the plots, and its name. */
export function namedSwatch(name: string, look: Look, theme: Theme): Element[] {
  const box = { left: 1, top: 1, width: size.width - 2, height: size.height - 2 };
  const svg = drawing(tag('g', {}, ...patternMarks(look, box, theme)), size.width, size.height, theme.fontFamily);
  svg.setAttribute('class', 'swatch');
  return [svg, element('span', { class: 'checkpoint-name' }, name)];
}
