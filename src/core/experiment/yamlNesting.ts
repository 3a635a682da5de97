import { Lexer } from 'yaml';

/** What the lexer puts before the text of a scalar. */
const scalarMark = '\x1f';

/**
 * Whether a YAML text may be nested in more than `limit` levels. The parser is recursive and its stack overflows at
 * some hundred levels, which can end the whole process; the lexer is not. Levels are counted from above: a level per
 * bracket, and per indicator (`-`, `?`, `:`) of the lines that a block stands in.
 */
export function isNestedDeeper(text: string, limit: number): boolean {
  const lines: { indent: number; levels: number }[] = [];
  let blocks = 0;
  let brackets = 0;
  let indent: number | null = 0; // of a line whose content is still to come
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (isScalar) isScalar = false;
    else if (token === scalarMark) isScalar = true;
    else if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
    if (brackets === 0) {
      if (/^\r?\n$/.test(token)) indent = 0;
      else if (indent !== null && /^ +$/.test(token)) indent = token.length;
      else if (indent !== null && /\S/.test(token) && !token.startsWith('#')) {
        while (lines.length > 0 && lines.at(-1)!.indent >= indent) blocks -= lines.pop()!.levels;
        lines.push({ indent, levels: 0 });
        indent = null;
      }
      if (token === '-' || token === '?' || token === ':') {
        blocks++;
        if (lines.length > 0) lines.at(-1)!.levels++;
      }
    }
    if (blocks + brackets > limit) return true;
  }
  return false;
}
