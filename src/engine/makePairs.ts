import path from 'node:path';
import { writePairs } from '../core/pairs/writePairs';
import { InputError } from '../shared/errors';
import { pairFonts, type PairsParams, type PairsResult, type RunProgress } from '../shared/protocol/engine';
import { decodePng, drawingVersions, drawPng } from './drawing';
import { SandboxClient } from './sandboxClient';

/** Files in `fonts/` beside the bundles. */
const fontFiles: Readonly<Record<(typeof pairFonts)[number], string>> = {
  sans: 'DejaVuSans.ttf',
  serif: 'DejaVuSerif.ttf',
  mono: 'DejaVuSansMono.ttf',
};

/** Makes pairs of images; the fonts, which may be anybody's, are read in a sandbox. */
export async function makePairs(
  params: PairsParams,
  version: string,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
  bundles = __dirname,
): Promise<PairsResult> {
  const sandbox = new SandboxClient(bundles);
  const fontFile = (font: string): string => {
    if (path.isAbsolute(font)) return font;
    if (Object.hasOwn(fontFiles, font)) return path.join(bundles, 'fonts', fontFiles[font as keyof typeof fontFiles]);
    throw new InputError(`there is no font "${font}"`, `Choose ${pairFonts.join(', ')}, or a file.`);
  };
  try {
    const versions = { frankensteinLab: version, ...(await drawingVersions()) };
    const outlines = (file: string, words: readonly string[]) => sandbox.outlines(file, words);
    const tools = { fontFile, outlines, draw: drawPng, decode: decodePng, versions };
    return await writePairs(params, tools, signal, onProgress);
  } finally {
    sandbox.stop();
  }
}
