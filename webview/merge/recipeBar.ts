import type { MergeColumn, MergeHeat, MergePreset, MergeState } from '../../src/shared/protocol/merge';
import { button, select, setChoices, setDisabled } from '../kit/controls';
import { element } from '../kit/dom';
import { presetsOf, sixHybrids, type Preset } from './presets';
import { chosenPair, type View } from './view';

export interface RecipeBarActions {
  add(hybrids: { name: string; donors: readonly [string, string, string] }[]): void;
  /** Adds a hybrid whose weights are computed. */
  compute(pair: readonly [string, string]): void;
  preset(preset: MergePreset): void;
  pair(pair: readonly [string, string]): void;
  heat(title: string): void;
  undo(): void;
  redo(): void;
}

const noPair = 'Two checkpoints are needed.';

/** What makes hybrids at one stroke, and what takes it back. */
export class RecipeBar {
  readonly element: HTMLElement;
  private readonly first = select({ label: 'First donor of presets', onChange: (name) => this.choosePair(name, 0) });
  private readonly second = select({ label: 'Second donor of presets', onChange: (name) => this.choosePair(name, 1) });
  private readonly presets = select({ label: 'Preset', onChange: (id) => (this.preset = id) });
  private readonly heat: HTMLElement;
  private readonly heats: HTMLElement;
  private readonly make: HTMLElement;
  private readonly compute: HTMLElement;
  private readonly six: HTMLElement;
  private readonly apply: HTMLElement;
  private preset = '';
  private offered: readonly Preset[] = [];
  private pair: readonly [string, string] | null = null;

  constructor(private readonly actions: RecipeBarActions) {
    this.make = button({ label: 'New Hybrid', icon: 'add', onClick: () => this.addNew() });
    this.six = button({
      label: 'The Paper’s Six',
      icon: 'layers',
      onClick: () => this.pair && actions.add(sixHybrids(this.pair)),
    });
    this.compute = button({
      label: 'New Computed',
      icon: 'symbol-operator',
      onClick: () => this.pair && actions.compute(this.pair),
    });
    this.apply = button({ label: 'Apply', name: 'Apply the preset', onClick: () => this.applyPreset() });
    const undo = button({ label: 'Undo', icon: 'discard', iconOnly: true, onClick: actions.undo });
    const redo = button({ label: 'Redo', icon: 'redo', iconOnly: true, onClick: actions.redo });
    this.heats = select({ label: 'Phase of the comparison', onChange: actions.heat });
    this.heat = element('div', { class: 'checks' }, element('span', { class: 'group-label' }, 'Moved in'), this.heats);
    this.element = element(
      'div',
      { class: 'bar', role: 'toolbar', 'aria-label': 'Recipes' },
      element('div', { class: 'checks' }, this.make, this.compute, this.six, undo, redo),
      element(
        'div',
        { class: 'checks' },
        element('span', { class: 'group-label' }, 'Presets of'),
        this.first,
        this.second,
        this.presets,
        this.apply,
      ),
      this.heat,
    );
  }

  update(state: MergeState, view: View, hybrid: MergeColumn | null, heat: MergeHeat | null): void {
    this.pair = chosenPair(state, view);
    const names = state.donors.map(({ name }) => ({ value: name, label: name }));
    setChoices(this.first, names, this.pair?.[0] ?? '');
    setChoices(this.second, names, this.pair?.[1] ?? '');
    this.offered = this.pair ? presetsOf(state, this.pair) : [];
    if (!this.offered.some(({ id }) => id === this.preset)) this.preset = this.offered[0]?.id ?? '';
    setChoices(
      this.presets,
      this.offered.map(({ id, label }) => ({ value: id, label })),
      this.preset,
    );
    const broken = state.problem === null ? null : 'The file has an error. Mend it first.';
    setDisabled(this.make, broken ?? (state.donors.length === 0 ? 'The file names no checkpoint.' : null));
    setDisabled(this.compute, broken ?? (this.pair ? null : noPair));
    setDisabled(this.six, broken ?? (this.pair ? null : noPair));
    const noHybrid =
      hybrid === null ? 'There is no hybrid yet.' : hybrid.kind === 'arithmetic' ? 'Its weights are computed.' : null;
    setDisabled(this.apply, broken ?? (this.pair ? noHybrid : noPair));
    this.heat.hidden = state.heat.length === 0;
    setChoices(
      this.heats,
      state.heat.map(({ title }) => ({ value: title, label: title })),
      heat?.title ?? '',
    );
  }

  private choosePair(name: string, place: 0 | 1): void {
    if (!this.pair) return;
    const [a, b] = this.pair;
    // Choosing the other one's donor exchanges the two.
    const other = place === 0 ? (name === b ? a : b) : name === a ? b : a;
    this.actions.pair(place === 0 ? [name, other] : [other, name]);
  }

  private addNew(): void {
    const donor = this.pair?.[0];
    if (donor !== undefined) this.actions.add([{ name: 'hybrid', donors: [donor, donor, donor] }]);
  }

  private applyPreset(): void {
    const preset = this.offered.find(({ id }) => id === this.preset);
    if (preset) this.actions.preset(preset.preset);
  }
}
