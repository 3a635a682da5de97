/** A text by its lines. */
export class TextLines {
  readonly eol: string;

  constructor(private readonly text: string) {
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  start(at: number): number {
    return this.text.lastIndexOf('\n', at - 1) + 1;
  }

  /** Before the line end, or the end of the text. */
  end(at: number): number {
    const end = this.text.indexOf('\n', at);
    if (end < 0) return this.text.length;
    return this.text[end - 1] === '\r' ? end - 1 : end;
  }

  /** The beginning of the next line, or the end of the text. */
  next(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end < 0 ? this.text.length : end + 1;
  }

  /** The lines that [from, to) touches: with their line end, or at the end of the text with the one before. */
  whole(from: number, to: number): [from: number, to: number] {
    const start = this.start(from);
    const end = this.end(to);
    if (end < this.text.length) return [start, this.next(end)];
    return [start - (/\r?\n$/.exec(this.text.slice(0, start))?.[0].length ?? 0), end];
  }

  isBlank(start: number): boolean {
    return start >= 0 && /^[ \t]*$/.test(this.text.slice(start, this.end(start)));
  }

  /** Whether an empty line stands between two places. */
  isSpaced(from: number, to: number): boolean {
    return /\n[ \t]*\r?\n/.test(this.text.slice(from, to));
  }

  /** What stands before a place on its line, if that is blank and not the first line. */
  lead(at: number): string | null {
    const start = this.start(at);
    const lead = this.text.slice(start, at);
    return start > 0 && lead.trim() === '' ? lead : null;
  }

  /** The beginning of the comments right above a line that stand in its column. */
  aboveComments(start: number, indent: string): number {
    let at = start;
    while (at > 0) {
      const above = this.start(at - 1);
      if (!this.text.startsWith(`${indent}#`, above)) break;
      at = above;
    }
    return at;
  }
}
