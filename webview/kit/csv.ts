/** Tables for other programs: RFC 4180 with a header. No DOM. */
export type CsvValue = string | number | boolean | null | undefined;

/** Numbers in full precision; what is not there is empty. */
export function csv(columns: readonly string[], lines: readonly (readonly CsvValue[])[]): string {
  return [columns, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/**
 * A field; text that a spreadsheet would run as a formula (OWASP, CSV injection) is kept text by an apostrophe: names
 * of checkpoints come from files that others write.
 */
function field(value: CsvValue): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
