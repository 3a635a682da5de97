import type { AbilitiesState, ItemFilter } from '../../src/shared/protocol/abilities';
import { element, fill, setText } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { barPlot, type BarPlace } from './barPlot';
import { BarView } from './barView';
import { checkpointLooks } from './checkpointLooks';
import { Footing } from './footing';
import { abilityGroups, referenceOf, type AbilityGroup, type ScoreOf } from './scores';
import { ScoreTable } from './scoreTable';
import type { View } from './view';
import { abilityTitle, scoreNotes, trendSentence } from './wording';

/** Scores as bars and in numbers, whether they rise along the chain, and what they rest on. */
export class AbilitiesView {
  readonly element = element('div', {});
  private readonly words = element('p', { class: 'muted explanation' });
  private readonly bars: BarView;
  private readonly rows = new ScoreTable();
  private readonly trends = element('ul', { class: 'trends', 'aria-label': 'Along the chain' });
  private readonly footing = new Footing();

  constructor(onOpen: (ability: string, filter: ItemFilter) => void) {
    this.bars = new BarView(({ ability, checkpoint }) => onOpen(ability, { kind: 'verdict', checkpoint, right: true }));
    this.element.append(this.words, this.bars.element, this.trends, this.rows.element, this.footing.element);
  }

  update(state: AbilitiesState, view: View, theme: Theme): void {
    const groups = abilityGroups(state, view);
    const reference = referenceOf(state, view);
    const looks = checkpointLooks(state.checkpoints, theme);
    const at = ({ ability, checkpoint }: BarPlace) => find(groups, ability, checkpoint);
    setText(this.words, explanation(reference, state.checkpoints.length > 1));
    this.bars.update({
      name: 'Scores by ability and checkpoint',
      empty: 'No scores yet',
      theme,
      draw: (width) => barPlot(groups, looks, { reference, theme, left: 0, top: 0, width }),
      label: ({ ability, checkpoint }) => `${abilityTitle(ability)}: ${checkpoint}`,
      notes: (place) => scoreNotes(at(place).score, at(place).group.floor),
    });
    fill(this.trends, ...trendItems(state));
    this.trends.hidden = state.summary.trends.length === 0;
    this.rows.update(groups, looks, reference, theme);
    this.footing.update(state);
  }
}

function find(
  groups: readonly AbilityGroup[],
  ability: string,
  checkpoint: string,
): { group: AbilityGroup; score: ScoreOf } {
  const group = groups.find((one) => one.ability === ability)!;
  return { group, score: group.scores.find((one) => one.checkpoint.name === checkpoint)! };
}

function explanation(reference: string, isCompared: boolean): string {
  const bars = 'Share of items that show an ability, in percent, with its 95 % interval.';
  return isCompared ? `${bars} An arrow: it differs from ${reference} (Holm-adjusted p < 0.05).` : bars;
}

function trendItems({ summary: { trends } }: AbilitiesState): HTMLElement[] {
  return trends.map((trend) =>
    element('li', {}, element('strong', {}, `${abilityTitle(trend.ability)}: `), trendSentence(trend)),
  );
}
