import { identityOf, openRegularFile } from './containedFile';

/**
 * Follows a file of lines that another process appends to: each call reads what has come since the last one. A file
 * that became shorter or was replaced is read from its beginning.
 */
export class TailReader {
  private offset = 0;
  private inode = '';
  private lines: string[] = [];

  constructor(private readonly file: string) {}

  /** All complete lines there are now; none when there is no file. */
  async read(): Promise<readonly string[]> {
    const identity = await identityOf(this.file).catch(() => null);
    if (identity === null || identity.inode !== this.inode || identity.size < this.offset) this.restart();
    if (identity === null) return this.lines;
    this.inode = identity.inode;
    const file = await openRegularFile(this.file);
    try {
      const bytes = Buffer.from(await file.read(this.offset, file.size - this.offset));
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.offset += end;
      if (end > 0)
        this.lines.push(
          ...bytes
            .subarray(0, end - 1)
            .toString('utf8')
            .split('\n'),
        );
    } finally {
      await file.close();
    }
    return this.lines;
  }

  private restart(): void {
    this.offset = 0;
    this.inode = '';
    this.lines = [];
  }
}
