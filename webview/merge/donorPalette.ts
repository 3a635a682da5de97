import type { MergeDonor } from '../../src/shared/protocol/merge';
import { roleTitles } from '../../src/shared/vocabulary';
import { element, fill, icon, setAttributes } from '../kit/dom';
import type { DonorLook } from './donorLooks';

/** The donors with their letters and colours: a legend, and the choice of what paints. */
export class DonorPalette {
  readonly element = element('div', { class: 'palette', role: 'radiogroup', 'aria-label': 'Donor that paints' });
  private shown = '';

  constructor(private readonly onChoose: (donor: string) => void) {
    this.element.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const radios = [...this.element.querySelectorAll<HTMLElement>('[role=radio]')];
      const at = radios.indexOf(document.activeElement as HTMLElement);
      if (step === undefined || at < 0) return;
      event.preventDefault();
      const next = radios[(at + step + radios.length) % radios.length]!;
      next.focus();
      next.click();
    });
  }

  update(donors: readonly MergeDonor[], looks: ReadonlyMap<string, DonorLook>, chosen: string | null): void {
    const print = JSON.stringify([donors, [...looks]]);
    if (print !== this.shown) {
      this.shown = print;
      fill(
        this.element,
        element('span', { class: 'group-label' }, 'Paint with'),
        ...donors.map((donor, i) => this.radio(donor, i, looks)),
      );
    }
    for (const radio of this.element.querySelectorAll<HTMLElement>('[role=radio]')) {
      const isChosen = radio.dataset['donor'] === chosen;
      setAttributes(radio, { 'aria-checked': String(isChosen), tabindex: isChosen ? 0 : -1 });
    }
  }

  private radio(
    { name, role, problem }: MergeDonor,
    place: number,
    looks: ReadonlyMap<string, DonorLook>,
  ): HTMLElement {
    const look = looks.get(name);
    const swatch = element('span', { class: 'letter' }, look?.letter ?? '');
    swatch.style.background = look?.fill ?? '';
    swatch.style.color = look?.ink ?? '';
    swatch.style.borderColor = look?.colour ?? '';
    const key = place < 9 ? element('kbd', {}, String(place + 1)) : null;
    const title = [problem, key && `Key ${place + 1}`].filter(Boolean).join('. ');
    const spoken =
      role && roleTitles[role].toLowerCase() !== name.toLowerCase() ? `${name}, ${roleTitles[role]}` : name;
    const attributes = {
      role: 'radio',
      type: 'button',
      class: 'donor',
      'data-donor': name,
      'aria-label': spoken,
      title,
    };
    const node = element('button', attributes, swatch, name, problem && icon('warning'), key);
    node.addEventListener('click', () => this.onChoose(name));
    return node;
  }
}
