import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { InputError } from '../../shared/errors';
import { fileError } from './fileErrors';
import { diskOperations, syncFolderOf, writeAll, type FileOperations } from './fileOperations';

const newline = 0x0a;
const readChunk = 4 << 20;
/** Bytes. */
const longestLine = 64 << 20;

/**
 * A file of lines that only grows, such as rows.jsonl. A line counts once its newline is on the disk: what a killed
 * process left after the last newline is cut off before anything is appended, else the next line would be lost with it.
 * One process at a time may have it open (the run folder's lock sees to that).
 */
export class AppendLog {
  /** Set by an error after which the file's state is unknown. */
  private broken: Error | undefined;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly content: string[],
    /** `ends[i]` is the byte after line i. */
    private readonly ends: number[],
    private readonly operations: FileOperations,
  ) {}

  /**
   * Opens or creates the file and reads its complete lines.
   * @throws InputError when it cannot be opened, is not UTF-8, or was saved with Windows line ends
   */
  static async open(file: string, operations: FileOperations = diskOperations): Promise<AppendLog> {
    let handle: FileHandle | undefined;
    try {
      const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
      handle = await open(file, flags, 0o666);
      const stats = await handle.stat();
      if (!stats.isFile()) throw new InputError(`${file} is not a regular file`);
      const { lines, ends } = await readLines(file, handle);
      const log = new AppendLog(file, handle, lines, ends, operations);
      if (stats.size > log.size) await log.cut(log.size);
      if (stats.size === 0) await syncFolderOf(file, operations);
      return log;
    } catch (error) {
      await handle?.close();
      throw fileError('open', file, error);
    }
  }

  /** The complete lines, without their newlines. */
  get lines(): readonly string[] {
    return this.content;
  }

  /**
   * Appends lines in one write; they are on the disk when this returns. After an error the file ends with the last
   * line that was there before.
   * @throws Error naming the file and the cause
   */
  async append(lines: readonly string[]): Promise<void> {
    if (this.broken) throw this.broken;
    if (lines.length === 0) return;
    if (lines.some((line) => line.includes('\n'))) throw new Error(`a line for ${this.file} holds a newline`);
    const start = this.size;
    let written = false;
    try {
      await writeAll(this.handle, Buffer.from(lines.join('\n') + '\n', 'utf8'), start, this.operations);
      written = true;
      await this.operations.sync(this.handle);
    } catch (error) {
      const failure = fileError('append to', this.file, error);
      // A failed fsync is final: another one might succeed over data that the system has dropped.
      if (written) this.broken = failure;
      await this.cut(start).catch(() => (this.broken = failure)); // the torn tail stays; the next open cuts it
      throw failure;
    }
    for (const line of lines) {
      this.content.push(line);
      this.ends.push(this.size + Buffer.byteLength(line) + 1);
    }
  }

  /** Drops all but the first `count` lines. */
  async truncateTo(count: number): Promise<void> {
    if (this.broken) throw this.broken;
    if (count >= this.content.length) return;
    try {
      await this.cut(count === 0 ? 0 : this.ends[count - 1]!);
    } catch (error) {
      throw (this.broken = fileError('shorten', this.file, error));
    }
    this.content.length = count;
    this.ends.length = count;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private get size(): number {
    return this.ends.at(-1) ?? 0;
  }

  private async cut(size: number): Promise<void> {
    await this.operations.truncate(this.handle, size);
    await this.operations.sync(this.handle);
  }
}

/** Complete lines and where each ends. Read in pieces: the whole file may be larger than a string can be. */
async function readLines(file: string, handle: FileHandle): Promise<{ lines: string[]; ends: number[] }> {
  const lines: string[] = [];
  const ends: number[] = [];
  let rest = Buffer.alloc(0);
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(readChunk), 0, readChunk, position);
    if (bytesRead === 0) return { lines, ends };
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline, start)) {
      lines.push(decodeLine(rest.subarray(start, end), file, lines.length + 1));
      ends.push(position - rest.length + end + 1);
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > longestLine) throw new InputError(`${file}:${lines.length + 1}: the line is too long`);
  }
}

function decodeLine(bytes: Buffer, file: string, number: number): string {
  if (!isUtf8(bytes)) throw new InputError(`${file}:${number}: the line is not UTF-8 text`);
  const line = bytes.toString('utf8');
  if (line.endsWith('\r')) throw new InputError(`${file}:${number}: an editor saved it with Windows line ends (CRLF)`);
  return line;
}
