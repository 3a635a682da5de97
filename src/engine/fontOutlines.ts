import type { Command, Font } from 'opentype.js';
import { readSmallFile } from '../core/files/containedFile';
import { around, outlineSize, type Outline } from '../core/pairs/outline';
import type { Box } from '../core/probe/pairs';
import { InputError } from '../shared/errors';

const fontLimit = 32 << 20;
/** Characters of a word's path data: more is no letter any more. */
const pathLimit = 200_000;
const mend = 'Use a TrueType or OpenType file (.ttf, .otf).';

/** A font file, which is untrusted. @throws InputError when it cannot be read as one */
export async function openFont(file: string): Promise<Font> {
  const bytes = await readSmallFile(file, { limit: fontLimit });
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  const { parse } = await import('opentype.js');
  try {
    return parse(buffer);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new InputError(`${file}: cannot be read as a font (${line})`, mend, { cause: error });
  }
}

/**
 * A word set letter after letter, with kerning and without ligatures: that suits scripts that need no shaping.
 * @throws InputError naming a character that the font does not have, or a word of which it draws nothing
 */
export function outlineWord(font: Font, file: string, word: string): Outline {
  const glyphs = [...word].map((character) => {
    const glyph = font.charToGlyph(character);
    if (glyph.index > 0) return glyph;
    throw new InputError(`${file} has no letter "${character}", as in "${word}"`, 'Choose another font.');
  });
  const perUnit = outlineSize / font.unitsPerEm;
  let path = '';
  let box: Box | null = null;
  let x = 0;
  for (const [i, glyph] of glyphs.entries()) {
    if (i > 0) x += font.getKerningValue(glyphs[i - 1]!, glyph) * perUnit;
    const outline = glyph.getPath(x, 0, outlineSize);
    path += pathData(outline.commands);
    if (outline.commands.length > 0) {
      const { x1, y1, x2, y2 } = outline.getBoundingBox();
      box = box ? around(box, [x1, y1, x2, y2]) : [x1, y1, x2, y2];
    }
    x += (glyph.advanceWidth ?? font.unitsPerEm) * perUnit;
  }
  if (!box || !box.every(Number.isFinite) || box[0] >= box[2] || box[1] >= box[3]) {
    throw new InputError(`${file} draws nothing for "${word}"`, 'Choose another font.');
  }
  if (path.length > pathLimit || path.includes('NaN')) throw new InputError(`${file}: "${word}" is no outline`, mend);
  return { word, path, box };
}

function pathData(commands: readonly Command[]): string {
  const at = (...numbers: number[]) => numbers.map((number) => number.toFixed(2)).join(' ');
  return commands
    .map(({ type, x, y, x1, y1, x2, y2 }) => {
      if (type === 'Z') return type;
      if (type === 'C') return type + at(x1, y1, x2, y2, x, y);
      return type + (type === 'Q' ? at(x1, y1, x, y) : at(x, y));
    })
    .join('');
}
