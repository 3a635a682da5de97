/** Parts of an answer that lie in no bracket and no LaTeX environment. */

/**
 * Splits at a separator (a sticky pattern).
 * @param onSeparator is told each separator, in order
 */
export function splitTopLevel(text: string, separator: RegExp, onSeparator?: (found: string) => void): string[] {
  const parts: string[] = [];
  let [depth, start, environments] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith('\\begin', i)) environments++;
    if (text.startsWith('\\end', i)) environments--;
    if (depth === 0 && environments === 0) {
      separator.lastIndex = i;
      const match = separator.exec(text);
      if (match) {
        parts.push(text.slice(start, i).trim());
        onSeparator?.(match[0].trim());
        i += match[0].length - 1;
        start = i + 1;
        continue;
      }
    }
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!)) depth = Math.max(0, depth - 1);
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** What lies between a bracket that opens with the text and the one that closes it at its end; null without such. */
export function insideBrackets(text: string): { open: string; inner: string; close: string } | null {
  const match = /^(\\\{|[([{])(.*?)(\\\}|[)\]}])$/s.exec(text);
  if (!match) return null;
  const [, open, inner, close] = match as unknown as [string, string, string, string];
  let depth = 0;
  for (const character of inner) {
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    if (depth < 0) return null;
  }
  return depth === 0 ? { open, inner, close } : null;
}
