import type { RgbImage } from '../core/ports';

type SharpLibrary = (typeof import('sharp'))['default'];
let sharpLibrary: Promise<SharpLibrary> | undefined;

/** Loaded with the first drawing. Only our own drawings are read here: strangers' images go to the sandbox. */
function sharp(): Promise<SharpLibrary> {
  return (sharpLibrary ??= import('sharp').then(({ default: library }) => {
    library.block({ operation: ['VipsForeignLoad'] });
    library.unblock({ operation: ['VipsForeignLoadSvg', 'VipsForeignLoadPng'] });
    library.cache(false); // every image is read once
    return library;
  }));
}

/** An SVG document of ours as a PNG file in 8-bit RGB. Its lengths are pixels. */
export async function drawPng(svg: string): Promise<Uint8Array> {
  const image = (await sharp())(Buffer.from(svg, 'utf8'), { density: 72 });
  return image.removeAlpha().toColourspace('srgb').png({ compressionLevel: 9 }).toBuffer();
}

/** The pixels of what {@link drawPng} made. */
export async function decodePng(png: Uint8Array): Promise<RgbImage> {
  const image = (await sharp())(png).removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** Of the libraries that drawings depend on. */
export async function drawingVersions(): Promise<Record<string, string>> {
  const { sharp: own, vips, rsvg } = (await sharp()).versions as Record<string, string | undefined>;
  return { sharp: own ?? '', vips: vips ?? '', rsvg: rsvg ?? '' };
}
