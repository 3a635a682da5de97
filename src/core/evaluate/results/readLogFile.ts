/** The lines of a file that may be a log, whatever it is: its bytes say, not its name. */
import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { readSmallFile } from '../../files/containedFile';
import { jsonLines } from '../../files/jsonLines';
import type { SpreadsheetReader } from '../../ports';
import type { Fields } from '../datasets/layout';
import type { Row } from '../datasets/table';
import { delimitedRows } from './delimitedRows';
import { isFields, plainText } from './logFormat';
import { withoutNaN } from './pythonNumbers';

export interface LogRows {
  readonly rows: readonly Row[];
  /** The task, where the file itself says it. */
  readonly task: string | null;
}

const fileLimit = 256 * 2 ** 20;
const zip = [0x50, 0x4b, 0x03, 0x04];
/** The first byte of a pickle of protocol 2 or later. */
const pickle = 0x80;

/**
 * @returns no rows where the file is of no kind that a log has; `size` in bytes
 * @throws InputError when it cannot be read, is too large or a pickle
 */
export async function readLogFile(
  file: string,
  spreadsheets: SpreadsheetReader,
): Promise<LogRows & { readonly size: number }> {
  const bytes = await readSmallFile(file, { limit: fileLimit });
  return { ...(await rowsOf(file, bytes, spreadsheets)), size: bytes.length };
}

async function rowsOf(file: string, bytes: Uint8Array, spreadsheets: SpreadsheetReader): Promise<LogRows> {
  if (bytes[0] === pickle || file.endsWith('.pkl')) {
    throw new InputError(
      `${file} is a pickle, which can run code when it is read: it is never read`,
      'Have the tool write .xlsx, .tsv or .json, or convert the file where you trust it.',
    );
  }
  if (zip.every((byte, i) => bytes[i] === byte)) {
    return tableRows(await spreadsheets.rows(file));
  }
  const start = firstCharacter(bytes);
  if (start === '{' || start === '[') return readJson(withoutNaN(bytes));
  if (!/\.(tsv|csv)$/.test(file)) return { rows: [], task: null };
  const text = textOf(file, bytes);
  return tableRows(delimitedRows(file, text, path.extname(file) === '.tsv' ? '\t' : ','));
}

/** The names of the columns are the first row of a table. */
function tableRows(rows: readonly Fields[]): LogRows {
  return { rows: rows.map((fields, i) => ({ place: `row ${i + 2}`, fields })), task: null };
}

function textOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file} is not UTF-8 text`, 'Save it as UTF-8.');
  }
}

function firstCharacter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().slice(0, 1);
}

/** Lines; or one value that holds all: a list, or an object with a list `logs`, as early versions of lmms-eval wrote. */
function readJson(bytes: Uint8Array): LogRows {
  const whole = wholeJson(bytes);
  if (Array.isArray(whole)) return { rows: whole.map(toRow('item')), task: null };
  if (isFields(whole) && Array.isArray(whole.logs)) {
    const { model_configs: configs } = whole;
    return { rows: whole.logs.map(toRow('log')), task: isFields(configs) ? plainText(configs.task) : null };
  }
  if (isFields(whole)) return { rows: [{ place: 'line 1', fields: whole }], task: null };
  const rows: Row[] = [];
  for (const line of jsonLines(bytes)) {
    const place = `line ${line.number}`;
    if ('problem' in line) rows.push({ place, problem: line.problem });
    else if (isFields(line.value)) rows.push({ place, fields: line.value });
    else rows.push({ place, problem: 'not a JSON object' });
  }
  return { rows, task: null };
}

/** Undefined where the bytes are not one JSON value. */
function wholeJson(bytes: Uint8Array): unknown {
  // One object per line fails at the second line, but only after the first was parsed: a look at its end is quicker.
  const newline = bytes.indexOf(0x0a);
  const first = newline < 0 ? bytes : bytes.subarray(0, newline);
  if (newline >= 0 && parsed(first) !== undefined && bytes.length > newline + 2) return undefined;
  return parsed(bytes);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function toRow(what: string): (value: unknown, index: number) => Row {
  return (value, index) => {
    const place = `${what} ${index + 1}`;
    return isFields(value) ? { place, fields: value } : { place, problem: 'not a JSON object' };
  };
}
