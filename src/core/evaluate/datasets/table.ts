import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { readSmallFile } from '../../files/containedFile';
import { jsonLines } from '../../files/jsonLines';
import type { Fields } from './layout';

/** A row of a file, or what is wrong with it. `place` is what it is called where it has no id. */
export type Row =
  { readonly place: string; readonly fields: Fields } | { readonly place: string; readonly problem: string };

/** The rows of one or several files, in order. */
export interface Table {
  readonly rows: readonly Row[];
  /** Absolute. */
  readonly files: readonly string[];
  /** The folder that images lie in, absolute: rows name them relative to it. */
  readonly imageFolder: string;
  /**
   * Where images lie in the rows themselves: puts those of some rows into `imageFolder`.
   * @returns per row the absolute path of its image, null where it has none, or what is wrong with it
   */
  readonly extractImages?: (rows: readonly number[]) => Promise<(string | null | { readonly problem: string })[]>;
}

const fileLimit = 256 * 2 ** 20;

/** A JSONL file: one object per line. @throws InputError when it cannot be read */
export async function readJsonLines(file: string): Promise<Table> {
  return linesTable(file, await readSmallFile(file, { limit: fileLimit }));
}

/**
 * A JSON file that holds all items in one array, or by id in one object; else its lines.
 * @throws InputError when it cannot be read
 */
export async function readJson(file: string): Promise<Table> {
  const bytes = await readSmallFile(file, { limit: fileLimit });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return linesTable(file, bytes);
  }
  if (typeof value !== 'object' || value === null) throw new InputError(`${file}: neither items nor lines of them`);
  const entries = Object.entries(value);
  if (!entries.every(([, item]) => typeof item === 'object')) return linesTable(file, bytes);
  const place = (key: string) => (Array.isArray(value) ? `item ${Number(key) + 1}` : `item "${key}"`);
  return table(
    file,
    entries.map(([key, item]) => toRow(place(key), item)),
  );
}

function linesTable(file: string, bytes: Uint8Array): Table {
  const rows: Row[] = [];
  for (const line of jsonLines(bytes)) {
    const place = `line ${line.number}`;
    rows.push('problem' in line ? { place, problem: line.problem } : toRow(place, line.value));
  }
  return table(file, rows);
}

function table(file: string, rows: readonly Row[]): Table {
  return { rows, files: [file], imageFolder: path.dirname(file) };
}

function toRow(place: string, value: unknown): Row {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { place, fields: value as Fields } : { place, problem: 'not a JSON object' };
}
