/** A text with the place of the cursor marked by `|`. */
export function markedText(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0 || marked.includes('|', offset + 1)) throw new Error(`one cursor is needed: ${marked}`);
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
