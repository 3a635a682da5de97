import type { ParquetReader } from '../../src/core/ports';

/** For data sets that are no parquet files. */
export const noParquet: ParquetReader = {
  rows: (path) => Promise.reject(new Error(`${path} was read as parquet`)),
  extractImages: (path) => Promise.reject(new Error(`${path} was read as parquet`)),
};
