import { element, setText } from './dom';
import type { ExportButtons } from './exportButtons';
import { tabs } from './tabs';

export interface TabbedView<Tab extends string> {
  readonly id: Tab;
  readonly label: string;
  readonly panel: HTMLElement;
}

/** The views of a run's results as tabs, the ways out of them, and a sentence while there is nothing to view. */
export class TabbedResults<Tab extends string> {
  readonly element: HTMLElement;
  private readonly views;
  private readonly panels: HTMLElement;
  private readonly empty = element('p', { class: 'empty' });

  /** @param below what stands between the tabs and the views */
  constructor(
    label: string,
    views: readonly TabbedView<Tab>[],
    exports: ExportButtons,
    onTab: (tab: Tab) => void,
    ...below: readonly HTMLElement[]
  ) {
    this.views = tabs({ label: 'Views', tabs: views, onChange: (tab) => onTab(tab as Tab) });
    this.panels = element('div', {}, ...views.map(({ panel }) => panel));
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    this.element = element('section', { 'aria-label': label }, bar, ...below, this.empty, this.panels);
  }

  /** @param empty what is said in place of the views; null shows them */
  update(tab: Tab, empty: string | null): void {
    this.views.select(tab);
    setText(this.empty, empty ?? '');
    this.empty.hidden = empty === null;
    this.panels.hidden = empty !== null;
  }
}
