import type { Metadata, Sharp } from 'sharp';
import { readSmallFile } from '../core/files/containedFile';
import type { ImageSize } from '../core/model/imageProcessor';
import type { ImageDecoder, RgbImage } from '../core/ports';
import { InputError } from '../shared/errors';

/**
 * PNG, JPEG and WebP files to RGB, over sharp (libvips). The pixels are those of Pillow's `Image.open(file)` and
 * `convert('RGB')`, which is what Hugging Face processors see:
 * - alpha and transparent colours are dropped and the colours under them kept; grey and palettes become RGB;
 * - no rotation by EXIF, no colour management: an embedded ICC profile is ignored; of an animation the first frame;
 * - 16-bit colour keeps its high byte, but 16-bit grey without an alpha channel saturates at 255, as Pillow does it;
 * - CMYK by Pillow's formula (ink times black, no profile).
 *
 * Files are untrusted: only the three loaders are open, the first bytes decide what a file is and not its name, and
 * sizes are checked before anything is decoded.
 */
export class SharpImageDecoder implements ImageDecoder {
  async size(path: string, within?: string): Promise<ImageSize> {
    const { width, height } = await readHeader(path, await readImageFile(path, within));
    return { width, height };
  }

  async decode(path: string, within?: string): Promise<RgbImage> {
    const bytes = await readImageFile(path, within);
    const { width, height, space } = await readHeader(path, bytes);
    const image = await openImage(bytes, maxPixels);
    if (space === 'cmyk') {
      const raw = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
      return { width, height, data: cmykToRgb(await pixels(path, raw, width * height * 4)) };
    }
    if (isGrey16(bytes)) {
      const raw = image.removeAlpha().toColourspace('grey16').raw({ depth: 'ushort' });
      return { width, height, data: grey16ToRgb(await pixels(path, raw, width * height * 2)) };
    }
    const raw = image.removeAlpha().toColourspace('srgb').raw();
    return { width, height, data: await pixels(path, raw, width * height * 3) };
  }
}

const maxPixels = 25_000_000;
const maxFileBytes = 128 * 2 ** 20;

interface Signature {
  readonly format: string;
  readonly marker: string;
  /** Where in the file the marker lies. */
  readonly at?: number;
}
const readable: readonly (Signature & { readonly extension: string })[] = [
  { format: 'PNG', extension: 'png', marker: '\x89PNG\r\n\x1a\n' },
  { format: 'JPEG', extension: 'jpg', marker: '\xff\xd8\xff' },
  { format: 'WebP', extension: 'webp', marker: 'WEBP', at: 8 },
];
/** Formats that are not read, to call them by their name. */
const unreadable: readonly Signature[] = [
  { format: 'GIF', marker: 'GIF8' },
  { format: 'TIFF', marker: 'II*\0' },
  { format: 'TIFF', marker: 'MM\0*' },
  { format: 'BMP', marker: 'BM' },
  { format: 'HEIF or AVIF', marker: 'ftyp', at: 4 },
  { format: 'SVG', marker: '<svg' },
  { format: 'SVG', marker: '<?xml' },
];

async function readImageFile(path: string, within: string | undefined): Promise<Buffer> {
  const { buffer, byteOffset, length } = await readSmallFile(path, { limit: maxFileBytes, within });
  const bytes = Buffer.from(buffer, byteOffset, length);
  imageExtension(path, bytes);
  return bytes;
}

/** How files of this image's format are called, by its first bytes. @throws InputError when it is none that is read */
export function imageExtension(name: string, bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const matches = ({ marker, at = 0 }: Signature) => start.startsWith(marker, at);
  const found = readable.find(matches);
  if (found) return found.extension;
  const known = unreadable.find(matches);
  const what = bytes.length === 0 ? 'the file is empty' : known ? `its format is ${known.format}` : 'not an image';
  throw new InputError(`${name}: ${what}`, 'Use PNG, JPEG or WebP.');
}

/** Reads the header and checks the size it states, before anything is decoded. */
async function readHeader(path: string, bytes: Buffer): Promise<Metadata> {
  const image = await openImage(bytes, false);
  const header = await image.metadata().catch((error: unknown) => fail(path, error));
  if (header.width * header.height > maxPixels) {
    throw new InputError(
      `${path}: ${header.width}×${header.height} pixels are more than the limit of ${maxPixels / 1e6} megapixels`,
      'Shrink the image.',
    );
  }
  return header;
}

async function openImage(bytes: Buffer, limitInputPixels: number | false): Promise<Sharp> {
  sharpLibrary ??= loadSharp();
  const sharp = await sharpLibrary;
  // 'error' refuses truncated and broken data, but not the harmless oddities that Pillow reads too.
  return sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels });
}

type SharpLibrary = (typeof import('sharp'))['default'];
let sharpLibrary: Promise<SharpLibrary> | undefined;

/** On the first image: whoever looks at no image needs no native module. */
async function loadSharp(): Promise<SharpLibrary> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'] });
  // Every image is read once, from memory: a cache would only hold on to it.
  sharp.cache(false);
  return sharp;
}

async function pixels(path: string, image: Sharp, length: number): Promise<Uint8Array> {
  const data = await image.toBuffer().catch((error: unknown) => fail(path, error));
  if (data.length !== length) throw new Error(`${path}: decoded to ${data.length} bytes, not ${length}`);
  return new Uint8Array(data.buffer, data.byteOffset, length);
}

function fail(path: string, error: unknown): never {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const reason = line.replace(/:$/, '');
  throw new InputError(`${path}: the image cannot be read (${reason})`, 'Replace the file: it is damaged or cut off.', {
    cause: error,
  });
}

/** PNG of colour type 0 (grey) with 16 bits, by its header chunk. */
function isGrey16(bytes: Buffer): boolean {
  return bytes[0] === 0x89 && bytes[24] === 16 && bytes[25] === 0;
}

/** Levels above 255 become 255 (Pillow, "I;16" to "RGB"). */
function grey16ToRgb(levels: Uint8Array): Uint8Array {
  const grey = new Uint16Array(levels.slice().buffer);
  const rgb = new Uint8Array(grey.length * 3);
  grey.forEach((level, pixel) => rgb.fill(Math.min(level, 255), pixel * 3, pixel * 3 + 3));
  return rgb;
}

/** Pillow's conversion: white less black, less the share of it that the colour's ink takes away. */
function cmykToRgb(inks: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < inks.length; pixel++) {
    const light = 255 - inks[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = light - Math.round((inks[pixel * 4 + channel]! * light) / 255);
    }
  }
  return rgb;
}
