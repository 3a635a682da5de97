import type { TrainingState } from '../../src/shared/protocol/training';
import { element, fill } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { ArmCard, type ArmActions } from './armCard';

/** The arms that are shown: what is frozen in each, how far it has come, and what can be done about it. */
export class ArmsView {
  readonly element: HTMLElement;
  private readonly list = element('ul', { class: 'arms' });
  private readonly cards = new Map<string, ArmCard>();
  private shown: readonly string[] = [];

  constructor(private readonly actions: ArmActions) {
    this.element = element('section', { 'aria-label': 'Arms' }, this.list);
  }

  update({ arms, canRun }: TrainingState, theme: Theme): void {
    const ids = arms.map(({ run }) => run.id);
    const cards = arms.map((arm, place) => {
      const card = this.card(arm.run.id);
      card.update(arm, { place, isOwn: place === 0, canRun, theme });
      return card;
    });
    if (ids.join('\n') === this.shown.join('\n')) return;
    this.shown = ids;
    fill(this.list, ...cards.map((card) => card.element));
  }

  private card(id: string): ArmCard {
    let card = this.cards.get(id);
    if (!card) {
      card = new ArmCard(id, this.actions);
      this.cards.set(id, card);
    }
    return card;
  }
}
