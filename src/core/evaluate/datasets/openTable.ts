import { InputError } from '../../../shared/errors';
import { openRegularFile } from '../../files/containedFile';
import type { ParquetReader } from '../../ports';
import { findFiles } from './findFiles';
import { readParquet } from './parquetTable';
import { readJson, readJsonLines, type Table } from './table';

/**
 * The rows of a data set. What a file is, its first bytes say; a `.json` file may also hold all items at once.
 * @param given a file or folder, absolute, or `hf:OWNER/NAME`
 * @throws InputError when it cannot be read
 */
export async function openTable(given: string, columns: readonly string[], parquet: ParquetReader): Promise<Table> {
  const files = await findFiles(given);
  const [file] = files as [string];
  if (await isParquet(file)) return readParquet(files, columns, parquet);
  if (files.length > 1) throw new InputError(`${file}: not a parquet file`, 'Fetch it again.');
  return file.endsWith('.json') ? readJson(file) : readJsonLines(file);
}

async function isParquet(path: string): Promise<boolean> {
  if (path.endsWith('.parquet')) return true;
  const file = await openRegularFile(path);
  try {
    return file.size >= 4 && new TextDecoder('latin1').decode(await file.read(0, 4)) === 'PAR1';
  } finally {
    await file.close();
  }
}
