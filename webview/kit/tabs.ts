import { element, setAttributes } from './dom';

export interface TabOptions {
  readonly label: string;
  readonly tabs: readonly { readonly id: string; readonly label: string; readonly panel: HTMLElement }[];
  readonly onChange: (id: string) => void;
}

export interface Tabs {
  /** The list of tabs; the panels stand where the page puts them. */
  readonly element: HTMLElement;
  select(id: string): void;
}

/** Tabs by the pattern of the ARIA Authoring Practices: one stop of the Tab key, arrows go from tab to tab. */
export function tabs({ label, tabs: all, onChange }: TabOptions): Tabs {
  const list = element('div', { role: 'tablist', class: 'tabs', 'aria-label': label });
  const buttons = all.map(({ id, label: text, panel }) => {
    const tab = element(
      'button',
      { role: 'tab', id: `tab-${id}`, type: 'button', 'aria-controls': `panel-${id}` },
      text,
    );
    setAttributes(panel, { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` });
    tab.addEventListener('click', () => onChange(id));
    return tab;
  });
  list.append(...buttons);
  list.addEventListener('keydown', (event) => {
    const from = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const steps: Record<string, number> = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: all.length - 1 };
    const to = steps[event.key];
    if (to === undefined || from < 0) return;
    event.preventDefault();
    const index = (to + all.length) % all.length;
    buttons[index]?.focus();
    onChange(all[index]!.id);
  });
  return {
    element: list,
    select: (id) =>
      all.forEach((tab, i) => {
        const selected = tab.id === id;
        setAttributes(buttons[i]!, { 'aria-selected': String(selected), tabindex: selected ? 0 : -1 });
        tab.panel.hidden = !selected;
      }),
  };
}
