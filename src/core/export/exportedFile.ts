/** A file that an export writes. */
export interface ExportedFile {
  /** Relative to the folder that the export goes to, with slashes. */
  readonly name: string;
  readonly content: string;
}
