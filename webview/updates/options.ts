import { phaseTitle } from '../../src/shared/phaseTitles';
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { CheckList } from '../kit/checkList';
import { checkbox, select, setChecked, setChoices, setDisabled, type Choice } from '../kit/controls';
import { element } from '../kit/dom';
import type { ExportButtons } from '../kit/exportButtons';
import type { UpdatesModel } from './model';
import { hasLayers, hasResults } from './phases';
import { rankOf } from './spectra';
import { kindsIn } from './tensorKinds';
import { energyKinds, layeredParts, meanOfMatrices, measures, scales, shownComponents, type View } from './view';
import { energyTitles, layeredPartTitle, measureTitles, shownComponentTitles } from './wording';

/** Which phases and which part are shown, how each tab shows them, and the ways out of the panel. */
export class Options {
  readonly element: HTMLElement;
  private readonly phases: CheckList;
  private readonly part: Selector;
  private readonly byTab: Readonly<Record<View['tab'], readonly Selector[]>>;
  private readonly checks: readonly {
    readonly tab: View['tab'];
    readonly control: HTMLElement;
    readonly checked: (view: View) => boolean;
  }[];
  private readonly matrix: Selector;

  constructor(
    private readonly model: UpdatesModel,
    private readonly exports: ExportButtons,
  ) {
    this.phases = new CheckList('Phases', (id, isShown) => {
      const place = Number(id);
      const others = model.view.hidden.filter((hidden) => hidden !== place);
      model.change({ hidden: isShown ? others : [...others, place] });
    });
    const change =
      <K extends keyof View>(key: K) =>
      (value: string) =>
        model.change({ [key]: value } as Partial<View>);
    this.part = new Selector('Part', change('part'));
    const energy = new Selector('Energy', change('energy'), offered(energyKinds, energyTitles), (view) => view.energy);
    const component = new Selector(
      'Component',
      change('component'),
      offered(shownComponents, shownComponentTitles),
      (view) => view.component,
    );
    const measure = new Selector('Colour', change('measure'), offered(measures, measureTitles), (view) => view.measure);
    const scale = new Selector(
      'Scale',
      change('scale'),
      offered(scales, { log: 'Logarithmic', linear: 'Linear' }),
      (view) => view.scale,
    );
    this.matrix = new Selector('Matrix', change('matrix'));
    this.byTab = { energy: [energy, component], map: [measure, scale], spectrum: [this.matrix], table: [] };
    this.checks = [
      {
        tab: 'map',
        checked: ({ sameScale }) => sameScale,
        control: checkbox({
          label: 'Same scale',
          title: 'One colour scale for all phases, in place of one for each',
          checked: model.view.sameScale,
          onChange: (sameScale) => model.change({ sameScale }),
        }),
      },
      {
        tab: 'spectrum',
        checked: ({ allRanks }) => allRanks,
        control: checkbox({
          label: 'All ranks',
          title: 'All singular values on a logarithmic axis, in place of the first 50',
          checked: model.view.allRanks,
          onChange: (allRanks) => model.change({ allRanks }),
        }),
      },
    ];
    this.element = element('section', { class: 'options', 'aria-label': 'Options' });
    const selectors = [this.part, ...Object.values(this.byTab).flat()].map((selector) => selector.element);
    const checks = this.checks.map(({ control }) => control);
    this.element.append(this.phases.element, ...selectors, ...checks);
  }

  update(state: UpdatesState): void {
    const { view } = this.model;
    const several = state.phases.length > 1;
    this.phases.update(
      several
        ? state.phases.map((phase, i) => ({
            id: String(i),
            label: phaseTitle(phase),
            checked: !view.hidden.includes(i),
          }))
        : [],
    );
    const layered = layeredParts.filter((part) => hasLayers(state, part));
    this.part.offer(
      layered.map((part) => ({ value: part, label: layeredPartTitle(part) })),
      view.part,
    );
    this.part.element.hidden = layered.length < 2 || view.tab === 'table';
    for (const [tab, selectors] of Object.entries(this.byTab)) {
      for (const selector of selectors) {
        selector.element.hidden = tab !== view.tab;
        selector.show(view);
      }
    }
    this.matrix.offer(matrixChoices(state, view), view.matrix);
    for (const { tab, control, checked } of this.checks) {
      control.hidden = tab !== view.tab;
      setChecked(control, checked(view));
    }
    const [scale] = this.byTab.map.slice(1);
    setDisabled(scale!.control, view.measure === 'cosine' ? 'A cosine has no logarithm.' : null);
    const nothing = hasResults(state) ? null : 'There is nothing to export yet.';
    this.exports.refuse(nothing, ['csv']);
    this.exports.refuse(nothing ?? (view.tab === 'table' ? 'The table is exported as CSV.' : null), ['png', 'svg']);
  }
}

/** A choice of one, with its label before it. */
class Selector {
  readonly element: HTMLElement;
  readonly control: HTMLElement;

  constructor(
    label: string,
    onChange: (value: string) => void,
    private readonly choices: readonly Choice[] = [],
    private readonly chosen?: (view: View) => string,
  ) {
    this.control = select({ label, onChange });
    const title = element('span', { class: 'group-label', 'aria-hidden': 'true' }, label);
    this.element = element('div', { class: 'checks' }, title, this.control);
  }

  /** Of choices that are always the same. */
  show(view: View): void {
    if (this.chosen) setChoices(this.control, this.choices, this.chosen(view));
  }

  /** Of choices that depend on the results. */
  offer(choices: readonly Choice[], value: string): void {
    setChoices(this.control, choices, value);
  }
}

function offered<T extends string>(values: readonly T[], titles: Readonly<Record<T, string>>): Choice[] {
  return values.map((value) => ({ value, label: titles[value] }));
}

/** Kinds of matrices in the part: those that have singular values, or will. */
function matrixChoices(state: UpdatesState, { part, matrix }: View): Choice[] {
  const matrices = state.phases.flatMap(({ tensors }) =>
    tensors.filter((tensor) => rankOf(tensor, 'stableRank') !== undefined),
  );
  const kinds = kindsIn(matrices, part).map(({ id, label }) => ({ value: id, label }));
  const isGone = matrix !== meanOfMatrices && !kinds.some(({ value }) => value === matrix);
  return [
    { value: meanOfMatrices, label: 'Mean of the layer’s matrices' },
    ...kinds,
    ...(isGone ? [{ value: matrix, label: matrix }] : []),
  ];
}
