/**
 * Spreadsheets that nobody vouches for. Their archives state how large their files become; that is bounded before
 * anything is unpacked, and no file becomes larger than it says. What gets past that ends the process, which is why this
 * runs in the sandbox.
 */
import { unzipSync, zipSync } from 'fflate';
import { readSheet } from 'read-excel-file/universal';
import { readSmallFile } from '../core/files/containedFile';
import { InputError } from '../shared/errors';

const fileLimit = 64 * 2 ** 20;
const unpackedLimit = 256 * 2 ** 20;
const rowLimit = 1_000_000;
/** Of the rectangle from the first cell to the outermost ones: all of them are made, empty or not. */
const cellLimit = 2 ** 24;

/**
 * The rows of the first sheet by the names in its first row, empty cells as null; columns without a name are left out.
 * @throws InputError naming the file and what is wrong with it
 */
export async function readSpreadsheetRows(file: string): Promise<Record<string, unknown>[]> {
  const bytes = await readSmallFile(file, { limit: fileLimit });
  try {
    const [header = [], ...rows] = await readSheet(unpacked(bytes), { trim: false });
    if (rows.length > rowLimit) throw new Error(`it has more than ${rowLimit} rows`);
    const names = header.map((cell) => (typeof cell === 'string' || typeof cell === 'number' ? String(cell) : ''));
    return rows.map((row) =>
      Object.fromEntries(names.flatMap((name, i) => (name === '' ? [] : [[name, plain(row[i])] as const]))),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const mend = 'Copy it again if it is damaged; else export it as .tsv.';
    throw new InputError(`${file}: cannot be read as a spreadsheet (${reason})`, mend, { cause: error });
  }
}

/** The archive's XML files in an archive without compression: a reader of it allocates no more than its length. */
function unpacked(archive: Uint8Array): ArrayBuffer {
  let total = 0;
  const files = unzipSync(archive, {
    filter: ({ name, size, originalSize }) => {
      if (!/\.(xml|rels)$/.test(name)) return false;
      total += Math.max(size, originalSize);
      if (total > unpackedLimit) throw new Error(`it unpacks to more than ${unpackedLimit} bytes`);
      return true;
    },
  });
  for (const [name, xml] of Object.entries(files)) if (/worksheets\/[^/]+\.xml$/.test(name)) checkCells(xml);
  return zipSync(files, { level: 0 }).buffer as ArrayBuffer;
}

function checkCells(sheet: Uint8Array): void {
  let [rows, columns] = [0, 0];
  for (const [, letters, row] of Buffer.from(sheet)
    .toString('latin1')
    .matchAll(/\br=["']([A-Z]{1,3})(\d{1,7})["']/g)) {
    const column = [...letters!].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
    rows = Math.max(rows, Number(row));
    columns = Math.max(columns, column);
  }
  if (rows * columns > cellLimit) throw new Error(`it has ${rows} rows of ${columns} cells`);
}

function plain(cell: unknown): unknown {
  if (cell === null || cell === undefined) return null;
  if (cell instanceof Date) return cell.toISOString();
  return cell;
}
