/** Tables for other programs: RFC 4180 with a header, numbers in full precision. */

export type CsvValue = string | number | boolean | null | undefined;

/** A header and a line per row; what is null or undefined leaves its field empty. */
export function csv(columns: readonly string[], lines: readonly (readonly CsvValue[])[]): string {
  return [columns, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/**
 * A field; text that a spreadsheet would run as a formula (OWASP, CSV injection) is kept text by an apostrophe: answers
 * of models and names of checkpoints and tensors are other people's.
 */
function field(value: CsvValue): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
