import type { ParquetReader } from '../ports';

/** A file that an export writes. */
export interface ExportedFile {
  /** Relative to the folder that the export goes to, with slashes. */
  readonly name: string;
  readonly content: string;
}

/** What an export works with. */
export interface ExportTools {
  /** Told what is left out. */
  readonly warn: (text: string) => void;
  /** Data sets that are parquet files are read with it. */
  readonly parquet: ParquetReader;
}
