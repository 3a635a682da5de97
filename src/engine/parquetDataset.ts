/** What a data set needs of a parquet file: its texts, and the images in its cells as files. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SchemaTree } from 'hyparquet';
import { writeFileAtomic } from '../core/files/atomicWrite';
import { InputError } from '../shared/errors';
import type { SandboxExtracted, SandboxRows } from '../shared/protocol/sandbox';
import { imageExtension } from './imageDecoder';
import { ParquetFile } from './parquetFile';

/** Characters of all texts of a file. */
const textLimit = 128 * 2 ** 20;
const depthLimit = 16;
const imageLimit = 128 * 2 ** 20;

/**
 * All rows of a file as plain values, those of `wanted` columns that it has. Columns that hold images are named and not
 * read.
 * @throws InputError naming the file and what is wrong with it
 */
export function readParquetRows(file: string, wanted: readonly string[]): Promise<SandboxRows> {
  return ParquetFile.use(file, async (parquet) => {
    const images = parquet.columns.filter(holdsImages).map(({ element }) => element.name);
    const columns = parquet.columns
      .map(({ element }) => element.name)
      .filter((name) => wanted.includes(name) && !images.includes(name));
    const rows: Record<string, unknown>[] = [];
    const budget = { left: textLimit };
    for (const [group, { from, to }] of parquet.groups().entries()) {
      for (let row = from; row < to; row++) rows.push({});
      for (const column of from < to ? columns : []) {
        const cells = await parquet.read(column, group, from, to);
        cells.forEach((cell, i) => (rows[from + i]![column] = plain(cell, budget)));
      }
    }
    return { rows, images };
  });
}

/**
 * Puts the images of some rows into files of `folder`, named by the SHA-256 of their content. A file that is there
 * already is that image.
 * @param rows from 0, ascending
 * @returns per row the absolute path of its image, null where the cell is empty, or what is wrong with it
 * @throws InputError naming the file and what is wrong with it, or that `folder` cannot be written
 */
export function extractParquetImages(
  file: string,
  column: string,
  rows: readonly number[],
  folder: string,
): Promise<SandboxExtracted[]> {
  return ParquetFile.use(file, async (parquet) => {
    const extracted: SandboxExtracted[] = [];
    for (const [group, { from, to }] of parquet.groups().entries()) {
      const chosen = rows.filter((row) => row >= from && row < to);
      if (chosen.length === 0) continue;
      const first = chosen[0]!;
      const cells = await parquet.read(column, group, first, chosen.at(-1)! + 1);
      for (const row of chosen) extracted.push(await writeImage(cells[row - first], folder));
    }
    if (extracted.length !== rows.length) throw new Error(`it has fewer rows than it had before`);
    return extracted;
  });
}

/** A cell `{bytes, path}`, as the datasets library writes images. */
function holdsImages({ children }: SchemaTree): boolean {
  const bytes = children.find(({ element }) => element.name === 'bytes')?.element;
  return bytes?.type === 'BYTE_ARRAY' && bytes.logical_type === undefined && bytes.converted_type === undefined;
}

async function writeImage(cell: unknown, folder: string): Promise<SandboxExtracted> {
  if (cell === null) return null;
  const { bytes } = cell as { bytes: unknown };
  if (!(bytes instanceof Uint8Array)) return { problem: 'the image is not in the file, only its name' };
  if (bytes.length > imageLimit) return { problem: `its image has ${bytes.length} bytes, more than ${imageLimit}` };
  let extension: string;
  try {
    extension = imageExtension('its image', bytes);
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message };
    throw error;
  }
  const image = path.join(folder, `${createHash('sha256').update(bytes).digest('hex')}.${extension}`);
  const known = await stat(image).catch(() => null);
  if (known?.size !== bytes.length) await writeFileAtomic(image, bytes);
  return image;
}

/** What JSON could say too. Integers beyond 2^53 become texts, bytes null. */
function plain(value: unknown, budget: { left: number }, depth = 0): unknown {
  if (depth > depthLimit) throw new Error(`values are nested more than ${depthLimit} deep`);
  budget.left -= typeof value === 'string' ? value.length : 8;
  if (budget.left < 0) throw new Error(`its texts have more than ${textLimit} characters`);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, budget, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item, budget, depth + 1)]);
  return Object.fromEntries(entries) as unknown;
}
