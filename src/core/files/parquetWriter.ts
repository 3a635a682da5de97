import { ByteWriter, parquetWriteRows, type ParquetWriteOptions } from 'hyparquet-writer';
import { diskOperations, writeAll } from './fileOperations';
import { withFile } from './outputFolder';

/** A field of a row: a text, a whole number, bytes, a mapping, or a list of one of these. */
export type ParquetField =
  | 'text'
  | 'integer'
  | 'bytes'
  | { readonly fields: Readonly<Record<string, ParquetField>> }
  | { readonly items: ParquetField };

type SchemaElement = NonNullable<ParquetWriteOptions['schema']>[number];

export type ParquetColumns = Readonly<Record<string, ParquetField>>;

/** Rows that are in memory at once. */
const rowsPerGroup = 64;

/**
 * Writes a parquet file row by row. Integers are given as bigint; every field may be null but lists and mappings.
 * @throws InputError when the file cannot be written
 */
export async function writeParquetFile(
  file: string,
  columns: ParquetColumns,
  rows: AsyncIterable<Record<string, unknown>>,
): Promise<void> {
  await withFile(file, 'wx', async (handle) => {
    const writer = new ByteWriter();
    let written = 0;
    const flush = async () => {
      const bytes = writer.getBytes();
      await writeAll(handle, bytes, written, diskOperations);
      written += bytes.length;
      writer.index = 0;
    };
    const names = Object.keys(columns);
    await parquetWriteRows({
      writer: Object.assign(writer, { flush, finish: flush }),
      rows,
      columns: names.map((name) => ({ name })),
      schema: [{ name: 'root', num_children: names.length }, ...elementsOf(columns)],
      rowGroupSize: rowsPerGroup,
      statistics: false,
    });
    await handle.sync();
  });
}

function elementsOf(fields: Readonly<Record<string, ParquetField>>): SchemaElement[] {
  return Object.entries(fields).flatMap(([name, field]) => elementOf(name, field));
}

function elementOf(name: string, field: ParquetField): SchemaElement[] {
  if (field === 'text') return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }];
  if (field === 'integer') return [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }];
  if (field === 'bytes') return [{ name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }];
  if ('items' in field) {
    return [
      { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...elementOf('element', field.items),
    ];
  }
  const inner = Object.keys(field.fields).length;
  return [{ name, repetition_type: 'REQUIRED', num_children: inner }, ...elementsOf(field.fields)];
}
