/**
 * Parquet files that nobody vouches for, over hyparquet. It takes the sizes that a file states at their word; here they
 * are bounded before anything is allocated, pages are held against their checksums where they have them, and a column
 * that ends too soon is an error. What gets past that ends the process, which is why this runs in the sandbox.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { openRegularFile, type RegularFile } from '../core/files/containedFile';
import { crc32 } from '../core/files/crc32';
import { InputError } from '../shared/errors';

/** Bytes read in one piece, and bytes that one page may grow to. */
const pieceLimit = 2 ** 29;
const rowLimit = 1_000_000;

export class ParquetFile {
  private constructor(
    private readonly file: RegularFile,
    private readonly buffer: AsyncBuffer,
    private readonly metadata: FileMetaData,
    /** Top-level columns. */
    readonly columns: readonly SchemaTree[],
  ) {}

  /**
   * Opens a file, works with it and closes it again.
   * @throws InputError naming the file and what is wrong with it
   */
  static async use<T>(path: string, work: (file: ParquetFile) => Promise<T>): Promise<T> {
    const file = await openRegularFile(path);
    try {
      const buffer = bounded(file);
      const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
      const opened = new ParquetFile(file, buffer, metadata, parquetSchema(metadata).children);
      opened.checkRows();
      return await work(opened);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const mend = 'Fetch it again if it is damaged; else write its items as JSONL.';
      throw new InputError(`${path}: cannot be read as parquet (${reason})`, mend, { cause: error });
    } finally {
      await file.close();
    }
  }

  /** Of each row group, in order: its first row and the one after its last. */
  groups(): { from: number; to: number }[] {
    let to = 0;
    return this.metadata.row_groups.map(({ num_rows }) => ({ from: to, to: (to += Number(num_rows)) }));
  }

  /**
   * One top-level column of rows that lie in one row group. Bytes without a type stay bytes.
   * @returns a value per row, null where the cell is empty
   */
  async read(column: string, group: number, from: number, to: number): Promise<unknown[]> {
    await this.checkPages(column, group);
    const { buffer: file, metadata } = this;
    const range = { columns: [column], rowStart: from, rowEnd: to };
    const rows = await parquetReadObjects({ file, metadata, compressors, utf8: false, geoparquet: false, ...range });
    const cells = rows.map((row) => row[column] as unknown);
    const missing = cells.length < to - from ? cells.length : cells.findIndex((cell) => cell === undefined);
    if (missing >= 0) throw new Error(`the column "${column}" ends before row ${from + missing + 1}`);
    return cells;
  }

  private checkRows(): void {
    const counts = this.metadata.row_groups.map(({ num_rows }) => Number(num_rows));
    const rows = counts.reduce((sum, count) => sum + count, 0);
    if (counts.some((count) => count < 0) || rows !== Number(this.metadata.num_rows)) {
      throw new Error(`it states ${this.metadata.num_rows} rows and has row groups of ${rows}`);
    }
    if (rows > rowLimit) throw new InputError(`${this.file.shown} has ${rows} rows; at most ${rowLimit} are read`);
  }

  /** Holds the pages of a column against their checksums, where the writer gave them. */
  private async checkPages(column: string, group: number): Promise<void> {
    for (const { meta_data: chunk } of this.metadata.row_groups[group]!.columns) {
      if (!chunk || chunk.path_in_schema[0] !== column) continue;
      const from = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const data = await this.buffer.slice(from, from + Number(chunk.total_compressed_size));
      const reader = { view: new DataView(data), offset: 0 };
      while (reader.offset < data.byteLength) {
        const { crc, compressed_page_size: size } = parquetHeader(reader);
        if (crc === undefined) break;
        if (size < 0 || size > data.byteLength - reader.offset) throw new Error('a page is longer than its column');
        if (crc32(new Uint8Array(data, reader.offset, size)) !== crc >>> 0) {
          throw new Error(`a page of the column "${column}" does not match its checksum`);
        }
        reader.offset += size;
      }
    }
  }
}

/** The file as hyparquet asks for it. What is read last is kept: a column is checked and then read. */
function bounded(file: RegularFile): AsyncBuffer {
  let last: { from: number; to: number; data: ArrayBuffer } | undefined;
  const slice = async (from: number, to = file.size): Promise<ArrayBuffer> => {
    if (!(from >= 0 && from <= to && to <= file.size)) throw new Error(`bytes ${from} to ${to} lie outside the file`);
    if (to - from > pieceLimit) throw new Error(`${to - from} bytes in one piece, more than ${pieceLimit}`);
    if (last?.from !== from || last.to !== to) {
      const { buffer } = await file.read(from, to - from);
      last = { from, to, data: buffer as ArrayBuffer };
    }
    return last.data;
  };
  return { byteLength: file.size, slice };
}

const compressors: Compressors = {
  SNAPPY: limited((input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  }),
  GZIP: limited((input, maxOutputLength) => gunzipSync(input, { maxOutputLength })),
  BROTLI: limited((input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength })),
  ZSTD: limited((input, length) => decompressZstd(input, new Uint8Array(length))),
};

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

function limited(decompress: Decompress): Decompress {
  return (input, length) => {
    if (!(length >= 0 && length <= pieceLimit)) throw new Error(`a page of ${length} bytes, more than ${pieceLimit}`);
    // zlib takes no limit of zero.
    return length === 0 ? new Uint8Array() : decompress(input, length);
  };
}
