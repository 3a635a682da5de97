import path from 'node:path';
import { readSmallFile } from '../../core/files/containedFile';
import { InputError } from '../../shared/errors';
import type { PickedImage } from '../../shared/protocol/merge';

/** Larger pictures are tried, but not shown. Bytes. */
const shownLimit = 12e6;
const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};
/** What a dialog offers. */
export const imageExtensions = Object.keys(types).map((extension) => extension.slice(1));

/** The images that a page knows by number: paths stay with the host. */
export class MergeImages {
  private readonly paths: string[] = [];

  /** Takes an image in, so that the page can ask for it. */
  async add(file: string): Promise<PickedImage> {
    this.paths.push(file);
    return { id: String(this.paths.length - 1), name: path.basename(file), address: await dataAddress(file) };
  }

  /** @throws InputError for an id that was never given */
  get(id: string): { readonly name: string; readonly path: string } {
    const found = /^\d+$/.test(id) ? this.paths[Number(id)] : undefined;
    if (found === undefined) throw new InputError('this image was not chosen here', 'Choose it again.');
    return { name: path.basename(found), path: found };
  }
}

async function dataAddress(file: string): Promise<string | null> {
  const type = types[path.extname(file).toLowerCase()];
  if (!type) return null;
  const bytes = await readSmallFile(file, { limit: shownLimit }).catch(() => null);
  return bytes && `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
