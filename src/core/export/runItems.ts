import path from 'node:path';
import { describeError } from '../../shared/errors';
import type { DatasetItem } from '../evaluate/dataset';
import { isHubDataset } from '../evaluate/datasets/hubCache';
import { readDataset } from '../evaluate/datasets/readDataset';
import type { ReportRun } from '../experiment/report/reportRun';
import { sha256OfFile } from '../files/sha256';
import type { ParquetReader } from '../ports';
import type { ExportTools } from './exportedFile';

/**
 * The items of a data set that a run was made of, by id: rows hold neither questions nor right answers. None, with a
 * warning, where the data set is gone or another one by now.
 * @param given as the experiment file names it
 */
export async function runItems(
  { id, folder, manifest, experiment }: ReportRun,
  given: string,
  { warn, parquet }: ExportTools,
): Promise<ReadonlyMap<string, DatasetItem>> {
  const beside = path.dirname(path.dirname(folder)); // the experiment file's folder, to which inputs are relative
  const place = isHubDataset(given) ? given : path.resolve(experiment?.directory ?? beside, given);
  const hashes = new Map(manifest.inputs.map((input) => [path.resolve(beside, input.path), input.sha256]));
  try {
    const { items, files } = await readDataset(place, {}, withoutImages(parquet));
    for (const file of files) {
      if ((await sha256OfFile(file)) !== hashes.get(file)) throw new Error(`${file} has changed since the run`);
    }
    return new Map(items.map((item) => [item.id, item]));
  } catch (error) {
    warn(`questions and right answers of the run "${id}" are left empty: ${describeError(error)}`);
    return new Map();
  }
}

/** Nobody looks at them, and there may be a thousand to unpack. */
function withoutImages(parquet: ParquetReader): ParquetReader {
  return {
    rows: (file, columns) => parquet.rows(file, columns),
    extractImages: (_file, _column, rows) => Promise.resolve(rows.map(() => null)),
  };
}
