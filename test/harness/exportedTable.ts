import type { ExportedFile } from '../../src/core/export/exportedFile';

/** Lines by the names of the header. No field of these tests has a comma. */
export function table(files: readonly ExportedFile[] | null, name: string): Record<string, string>[] {
  const { content } = files!.find((file) => file.name === name)!;
  const [header, ...lines] = content
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(header!.map((column, i) => [column, line[i]!])));
}
