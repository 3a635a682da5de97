import { csv, type CsvValue } from '../../shared/csv';

/** A table of rows by column. @param rows what is null or undefined leaves its field empty */
export function csvTable<C extends string>(
  columns: readonly C[],
  rows: readonly Readonly<Partial<Record<C, CsvValue>>>[],
): string {
  return csv(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
