import path from 'node:path';
import { InputError } from '../../../shared/errors';
import type { ParquetReader } from '../../ports';
import { writableImageCache } from './imageCache';
import type { Row, Table } from './table';

/** Bounds the time of one call: each image is written to last. */
const imagesPerCall = 200;

/** Where the rows of a file begin in the table, and which column holds their images. */
interface Part {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly images: string | undefined;
}

/** One or several parquet files, one after another. @throws InputError naming the file that cannot be read */
export async function readParquet(
  files: readonly string[],
  columns: readonly string[],
  parquet: ParquetReader,
): Promise<Table> {
  const rows: Row[] = [];
  const parts: Part[] = [];
  for (const file of files) {
    const read = await parquet.rows(file, columns);
    const images = imageColumn(file, read.images);
    parts.push({ file, from: rows.length, to: rows.length + read.rows.length, images });
    for (const fields of read.rows) rows.push({ place: `row ${rows.length + 1}`, fields });
  }
  if (parts.every(({ images }) => images === undefined)) {
    return { rows, files, imageFolder: path.dirname(files[0]!) };
  }
  const imageFolder = await writableImageCache();
  return { rows, files, imageFolder, extractImages: (chosen) => extract(chosen, parts, imageFolder, parquet) };
}

function imageColumn(file: string, images: readonly string[]): string | undefined {
  if (images.length <= 1) return images[0];
  const known = ['decoded_image', 'image'].find((name) => images.includes(name));
  if (known) return known;
  throw new InputError(
    `${file} has images in the columns ${images.join(', ')}`,
    'Call the one to ask about "image", and drop the others.',
  );
}

/** @param chosen ascending */
async function extract(chosen: readonly number[], parts: readonly Part[], folder: string, parquet: ParquetReader) {
  const extracted: Awaited<ReturnType<ParquetReader['extractImages']>> = [];
  for (const { file, from, to, images: column } of parts) {
    const rows = chosen.filter((row) => row >= from && row < to).map((row) => row - from);
    for (let at = 0; at < rows.length; at += imagesPerCall) {
      const some = rows.slice(at, at + imagesPerCall);
      const images = column === undefined ? some.map(() => null) : parquet.extractImages(file, column, some, folder);
      extracted.push(...(await images));
    }
  }
  return extracted;
}
