import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { CheckList } from '../kit/checkList';
import { element } from '../kit/dom';
import type { ExportButtons } from '../kit/exportButtons';
import { offered, Selector } from '../kit/selector';
import type { AbilitiesModel } from './model';
import { abilitiesIn, hasResults, referenceOf } from './scores';
import { pairings, type Pairing } from './view';
import { abilityTitle, pairingTitles } from './wording';

/** In place of an ability: every one. */
const everyAbility = '';

/** Which checkpoints are shown and with what they are compared. */
export class Options {
  readonly element: HTMLElement;
  private readonly checkpoints: CheckList;
  private readonly reference: Selector;
  private readonly pairing: Selector;
  private readonly compared: Selector;

  constructor(
    private readonly model: AbilitiesModel,
    private readonly exports: ExportButtons,
  ) {
    this.checkpoints = new CheckList('Checkpoints', (name, isShown) => {
      const others = model.view.hidden.filter((hidden) => hidden !== name);
      model.change({ hidden: isShown ? others : [...others, name] });
    });
    this.reference = new Selector('Reference', (reference) => model.change({ reference }));
    this.pairing = new Selector('Pairs', (pairing) => model.change({ pairing: pairing as Pairing }));
    this.compared = new Selector('Ability', (ability) => model.change({ compared: ability || null }));
    const parts = [this.checkpoints, this.reference, this.pairing, this.compared].map(({ element: part }) => part);
    this.element = element('section', { class: 'options', 'aria-label': 'Options' }, ...parts);
  }

  update(state: AbilitiesState): void {
    const { view } = this.model;
    const { tab } = view;
    const isList = tab === 'items';
    this.element.hidden = isList || !hasResults(state);
    this.pairing.element.hidden = this.compared.element.hidden = tab !== 'comparisons';
    this.checkpoints.update(
      state.checkpoints.map(({ name }) => ({ id: name, label: name, checked: !view.hidden.includes(name) })),
    );
    const reference = referenceOf(state, view);
    const isCompared = state.checkpoints.length > 1;
    this.reference.element.hidden = !isCompared || (tab === 'comparisons' && view.pairing === 'all');
    this.reference.offer(
      state.checkpoints.map(({ name }) => ({ value: name, label: name })),
      reference,
    );
    this.pairing.offer(offered(pairings, pairingTitles(reference)), view.pairing);
    const abilities = abilitiesIn(state);
    this.compared.offer(
      [{ value: everyAbility, label: 'All' }, ...abilities.map((value) => ({ value, label: abilityTitle(value) }))],
      abilities.find((ability) => ability === view.compared) ?? everyAbility,
    );
    const nothing = hasResults(state) ? null : 'There is nothing to export yet.';
    this.exports.refuse(nothing ?? (isList ? 'Every answer is in rows.jsonl in the run folder.' : null));
  }
}
