import type { PageExport } from '../../src/shared/protocol/run';
import type { ExportFormat } from './exportButtons';
import type { Figure } from './figure';
import type { Notice } from './notice';
import { figurePng } from './png';

/** What a page has to save. Only what is asked for is made. */
export interface Exported {
  csv(): string;
  figure(): Figure;
}

/** Has the host save an export, and tells its name. */
export async function saveExport(
  format: ExportFormat,
  exported: Exported,
  save: (params: PageExport) => Promise<string | null>,
  note: Notice,
): Promise<void> {
  const name = await save({ format, content: await contentOf(format, exported) });
  if (name !== null) note.tell(`Saved as ${name}`);
}

async function contentOf(format: ExportFormat, { csv, figure }: Exported): Promise<string> {
  if (format === 'csv') return csv();
  const drawn = figure();
  return format === 'svg' ? drawn.svg : figurePng(drawn);
}
