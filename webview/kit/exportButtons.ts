import type { PageExport } from '../../src/shared/protocol/run';
import { button, setDisabled } from './controls';
import { element } from './dom';

export type ExportFormat = PageExport['format'];

const formats: readonly ExportFormat[] = ['png', 'svg', 'csv'];

/** The ways out of a panel. */
export class ExportButtons {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<ExportFormat, HTMLElement>;

  constructor(onExport: (format: ExportFormat) => void) {
    const make = (format: ExportFormat) => {
      const label = format.toUpperCase();
      return button({ label, name: `Export ${label}`, onClick: () => onExport(format) });
    };
    this.buttons = new Map(formats.map((format) => [format, make(format)]));
    this.element = element(
      'div',
      { role: 'group', 'aria-label': 'Export', class: 'exports' },
      element('span', { class: 'group-label' }, 'Export'),
      ...this.buttons.values(),
    );
  }

  /** @param reason why nothing can be exported; null allows it @param of the formats meant */
  refuse(reason: string | null, of: readonly ExportFormat[] = formats): void {
    for (const format of of) setDisabled(this.buttons.get(format)!, reason);
  }
}
