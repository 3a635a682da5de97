import { InputError } from '../../../shared/errors';
import type { Fields } from '../datasets/layout';

const rowLimit = 1_000_000;

/**
 * The rows of a CSV or TSV file by the names in its first line (RFC 4180: cells may be quoted, and then hold line ends
 * and doubled quotes). Cells are texts; empty ones are null.
 * @throws InputError when a quote is not closed or there are too many rows
 */
export function delimitedRows(file: string, text: string, separator: ',' | '\t'): Fields[] {
  const [names = [], ...rows] = cells(file, text, separator);
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] || null])));
}

function cells(file: string, text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    const cell = text[at] === '"' ? quotedCell(file, text, at) : plainCell(text, at, separator);
    row.push(cell.value);
    at = cell.end;
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    else if (at < text.length) {
      throw new InputError(`${file}: row ${rows.length + 1} has text after a closing quote`, 'Export the table again.');
    }
    if (row.length > 1 || row[0] !== '') rows.push(row);
    if (rows.length > rowLimit) throw new InputError(`${file} has more than ${rowLimit} rows`);
    row = [];
  }
  return rows;
}

function plainCell(text: string, from: number, separator: string): { value: string; end: number } {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n') end++;
  const last = text[end] === '\n' && text[end - 1] === '\r' && end > from ? end - 1 : end;
  return { value: text.slice(from, last), end: last };
}

function quotedCell(file: string, text: string, from: number): { value: string; end: number } {
  for (let at = from + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new InputError(`${file}: a quoted cell does not end`, 'The file is cut off: copy it again.');
    if (text[quote + 1] !== '"') {
      return { value: text.slice(from + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    }
    at = quote + 2;
  }
}
