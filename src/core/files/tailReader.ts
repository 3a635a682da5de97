import { openRegularFile, type RegularFile } from './containedFile';
import { isMissing } from './fileErrors';

/**
 * Follows a file of lines that another process appends to: each call reads what has come since the last one. A file
 * that became shorter or was replaced is read from its beginning.
 */
export class TailReader {
  private offset = 0;
  private inode = '';
  private lines: string[] = [];

  constructor(private readonly file: string) {}

  /** All complete lines there are now; none when there is no file. Another array whenever it began anew. */
  async read(): Promise<readonly string[]> {
    const file = await openIfThere(this.file);
    if (file === null || file.identity.inode !== this.inode || file.size < this.offset) this.restart();
    if (file === null) return this.lines;
    try {
      this.inode = file.identity.inode;
      const bytes = Buffer.from(await file.read(this.offset, file.size - this.offset));
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.offset += end;
      const text = bytes.toString('utf8', 0, end);
      for (const line of text.split('\n').slice(0, -1)) this.lines.push(line);
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

async function openIfThere(file: string): Promise<RegularFile | null> {
  try {
    return await openRegularFile(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
