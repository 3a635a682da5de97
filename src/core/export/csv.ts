/** A table for other programs: RFC 4180, a header, one line per row, numbers in full precision. */

export type CsvValue = string | number | boolean | null | undefined;

/** @param rows what is null or undefined leaves its field empty */
export function csvTable<C extends string>(
  columns: readonly C[],
  rows: readonly Readonly<Partial<Record<C, CsvValue>>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => row[column]));
  return [columns, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/**
 * Text that a spreadsheet would run as a formula (OWASP, CSV injection) is kept text by an apostrophe: answers of models
 * and names of tensors are other people's.
 */
function field(value: CsvValue): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
