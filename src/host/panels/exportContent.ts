import * as z from 'zod';
import { InputError } from '../../shared/errors';
import type { PageExport } from '../../shared/protocol/run';

/** Characters: a chart as PNG has a few hundred thousand. */
export const largestExport = 64 << 20;

/** What a page may ask to save. */
export function exportRequest() {
  return z.object({ format: z.enum(['png', 'svg', 'csv']), content: z.string().max(largestExport) });
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The bytes of a file that the page exports. @throws InputError when they are not of that format */
export function exportContent({ format, content }: PageExport): Uint8Array {
  if (content.length > largestExport) throw new InputError('the export is too large to be saved');
  if (format !== 'png') return Buffer.from(content, 'utf8');
  const bytes = Buffer.from(content, 'base64');
  if (!bytes.subarray(0, pngSignature.length).equals(pngSignature)) throw new InputError('the export is no PNG');
  return bytes;
}
