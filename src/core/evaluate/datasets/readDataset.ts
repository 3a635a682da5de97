import path from 'node:path';
import type { LeftOut } from '../../../shared/evaluateResults';
import { InputError } from '../../../shared/errors';
import { isBelow } from '../../files/paths';
import type { ParquetReader } from '../../ports';
import type { Dataset, DatasetItem, DatasetQuery } from '../dataset';
import { gsm8k } from './gsm8k';
import type { Draft, Fields, Layout, Reading } from './layout';
import { math500 } from './math500';
import { mathVista } from './mathVista';
import { ownLayout } from './ownLayout';
import { selectRows } from './selectRows';
import { openTable } from './openTable';
import type { Table } from './table';

/** In the order in which they are tried. */
const layouts: readonly Layout[] = [mathVista, math500, gsm8k, ownLayout];

/** A row as its layout reads it. */
interface ReadRow {
  /** In its table. */
  readonly index: number;
  /** What a message calls it: its id, else where it stands. */
  readonly name: string;
  /** Undefined where the row cannot be read. */
  readonly category: string | null | undefined;
  readonly reading: Reading;
}

/**
 * Reads a data set: a JSONL file, or a file or folder in the layout of MathVista, MATH-500 or GSM8K. Which it is, its
 * fields say and not its name. Items are chosen among all of the category in file order; what is wrong with a chosen one
 * is said in `leftOut`, and the others are read all the same.
 * @param given absolute, or `hf:OWNER/NAME` for what the Hugging Face cache holds
 * @throws InputError when there is no such data set, or none of the chosen items can be used
 */
export async function readDataset(given: string, query: DatasetQuery, parquet: ParquetReader): Promise<Dataset> {
  const known = [...new Set(layouts.flatMap(({ fields }) => fields))];
  const table = await openTable(given, known, parquet);
  const rows = ofCategory(withoutDuplicates(readRows(table)), query.category, given);
  if (rows.length === 0) throw new InputError(`${given}: no items`, 'Write one JSON object per line.');
  const chosen = selectRows(rows.length, query).map((at) => rows[at]!);
  const { items, leftOut } = await withImages(chosen, table);
  if (items.length === 0) {
    const [{ id, problem }] = leftOut as [LeftOut];
    const some = leftOut.length === 1 ? 'the item chosen' : `any of the ${leftOut.length} items chosen`;
    throw new InputError(
      `${given}: cannot use ${some}; ${id}: ${problem}`,
      'An item needs id, question and answer, or the fields of MathVista, MATH-500 or GSM8K.',
    );
  }
  return { items, leftOut, files: table.files, imageFolder: table.imageFolder };
}

function readRows({ rows }: Table): ReadRow[] {
  const layout = layoutOf(rows.flatMap((row) => ('fields' in row ? [row.fields] : [])));
  return rows.map((row, index) => {
    if ('problem' in row) return { index, name: row.place, category: undefined, reading: row };
    const id = layout.id(row.fields, index);
    const reading = layout.read(row.fields, id);
    return { index, name: id ?? row.place, category: layout.category(row.fields), reading };
  });
}

/** The layout that most rows have: one broken row does not decide. */
function layoutOf(rows: readonly Fields[]): Layout {
  const count = ({ matches }: Layout) => rows.filter(matches).length;
  const counts = layouts.map(count);
  const most = Math.max(...counts);
  return most === 0 ? ownLayout : layouts[counts.indexOf(most)]!;
}

/** Of usable items with one id the first stays. */
function withoutDuplicates(rows: readonly ReadRow[]): ReadRow[] {
  const known = new Set<string>();
  return rows.map((row) => {
    if ('problem' in row.reading) return row;
    const { id } = row.reading.draft;
    if (known.has(id)) return { ...row, reading: { problem: 'an earlier item has the same id' } };
    known.add(id);
    return row;
  });
}

/** Rows that cannot be read may be of any category: they stay, to be told of. */
function ofCategory(rows: readonly ReadRow[], category: string | undefined, given: string): readonly ReadRow[] {
  if (category === undefined) return rows;
  if (rows.some((row) => row.category === category)) {
    return rows.filter((row) => row.category === category || row.category === undefined);
  }
  const known = [...new Set(rows.flatMap((row) => row.category ?? []))].slice(0, 20).join(', ');
  throw new InputError(
    `${given}: no item is of the category "${category}"`,
    known === '' ? 'Its items have no category.' : `It has ${known}.`,
  );
}

async function withImages(chosen: readonly ReadRow[], table: Table): Promise<Pick<Dataset, 'items' | 'leftOut'>> {
  const usable = chosen.filter((row): row is ReadRow & { reading: { draft: Draft } } => 'draft' in row.reading);
  const extracted = (await table.extractImages?.(usable.map(({ index }) => index))) ?? [];
  const images = new Map(usable.map((row, i) => [row, extracted[i] ?? named(row.reading.draft.image, table)]));
  const items: DatasetItem[] = [];
  const leftOut: LeftOut[] = [];
  for (const row of chosen) {
    const { name, reading } = row;
    const image = images.get(row as (typeof usable)[number]) ?? null;
    if ('problem' in reading) leftOut.push({ id: name, problem: reading.problem });
    else if (typeof image === 'object' && image !== null) leftOut.push({ id: name, problem: image.problem });
    else items.push({ ...reading.draft, image });
  }
  return { items, leftOut };
}

/** An image that a row names, absolute. */
function named(image: string | null, { imageFolder, extractImages }: Table): string | null | { problem: string } {
  // Where images lie in the rows, what a row says besides is the name that the image once had.
  if (image === null || extractImages) return null;
  const absolute = path.resolve(imageFolder, image);
  if (!path.isAbsolute(image) && isBelow(absolute, imageFolder)) return absolute;
  return { problem: `"image" leaves the folder of the data set: ${image}` };
}
