import { percent } from '../../src/shared/format';
import { element, fill, icon } from '../kit/dom';
import { interval, pValue, significance, signedPoints } from '../kit/rates';
import type { Theme } from '../kit/theme';
import type { Look } from './checkpointLooks';
import type { AbilityGroup, ScoreOf } from './scores';
import { namedSwatch } from './swatch';
import { abilityTitle } from './wording';

/** Every checkpoint and ability in numbers; what differs from the reference stands out, by more than colour. */
export class ScoreTable {
  readonly element: HTMLElement;
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private shown = '';

  constructor() {
    const caption = element('caption', {}, 'Scores by checkpoint and ability');
    const grid = element('table', { class: 'table scores' }, caption, this.head, this.body);
    const attributes = { class: 'scroll-box', tabindex: 0, role: 'region', 'aria-label': 'Scores' };
    this.element = element('div', attributes, grid);
  }

  update(groups: readonly AbilityGroup[], looks: ReadonlyMap<string, Look>, reference: string, theme: Theme): void {
    const print = JSON.stringify([groups, reference, [...looks], theme.background]);
    if (print === this.shown) return;
    this.shown = print;
    const columns = [
      ...['Score', '95 % interval', 'n'].map((title) => ({ title, name: title })),
      { title: `vs ${reference}`, name: `Percentage points more than ${reference}` },
    ];
    fill(
      this.head,
      element(
        'tr',
        {},
        element('th', { scope: 'col', rowspan: 2 }, 'Checkpoint'),
        ...groups.map(({ ability }) =>
          element('th', { scope: 'colgroup', colspan: columns.length, class: 'group' }, abilityTitle(ability)),
        ),
      ),
      element(
        'tr',
        {},
        ...groups.flatMap(() =>
          columns.map(({ title, name }, i) =>
            element('th', { scope: 'col', class: i === 0 ? 'number group' : 'number', title: name }, title),
          ),
        ),
      ),
    );
    const [first] = groups;
    const rows = first?.scores.map(({ checkpoint }, i) => {
      const cells = groups.flatMap(({ scores }) => scoreCells(scores[i]!, reference));
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, ...namedSwatch(checkpoint.name, looks.get(checkpoint.name)!, theme)),
        ...cells,
      );
    });
    fill(this.body, ...(rows ?? []));
  }
}

function scoreCells({ checkpoint, score, difference }: ScoreOf, reference: string): HTMLElement[] {
  if (!score) return [element('td', { class: 'number group muted', colspan: 4 }, 'no answers yet')];
  return [
    element('td', { class: 'number group' }, percent(score.value)),
    element('td', { class: 'number' }, interval(score.low, score.high)),
    element('td', { class: 'number' }, String(score.n)),
    element('td', { class: 'number' }, ...differenceParts(checkpoint.name === reference, difference)),
  ];
}

function differenceParts(isReference: boolean, difference: ScoreOf['difference']): (HTMLElement | string)[] {
  if (isReference) return [element('span', { class: 'muted' }, 'reference')];
  if (!difference) return [element('span', { class: 'muted' }, '–')];
  const { pAdjusted } = difference;
  const points = signedPoints(difference.difference);
  const p = `adjusted ${pValue(pAdjusted)}`;
  if (pAdjusted >= significance) return [element('span', { title: p }, points)];
  const direction = difference.difference > 0 ? 'arrow-up' : 'arrow-down';
  return [element('strong', { class: 'differs', title: p }, icon(direction), points)];
}
