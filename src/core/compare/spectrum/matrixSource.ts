/** A matrix whose rows are read as they are needed; entries are finite. */
export interface MatrixSource {
  readonly rows: number;
  readonly columns: number;
  /** Writes rows [from, to) into `into`: row-major, (to − from)·columns entries. */
  read(from: number, to: number, into: Float64Array, signal: AbortSignal): Promise<void>;
}
