import { inParallel } from '../../core/checkpoint/inParallel';
import { openRegularFile } from '../../core/files/containedFile';

/** Images looked at at a time; each holds a descriptor for a moment. */
const imagesAtOnce = 16;

/**
 * Addresses by which a page loads images; null for those that are not there or lie outside of the folder, links
 * resolved: a page may load nothing else.
 * @param folder null where nobody says it: then there is no image
 */
export function imageAddresses(
  files: readonly (string | null | undefined)[],
  folder: string | null,
  toAddress: (file: string) => string,
): Promise<(string | null)[]> {
  return inParallel(files, imagesAtOnce, async (file) =>
    typeof file === 'string' && folder !== null && (await isInside(file, folder)) ? toAddress(file) : null,
  );
}

async function isInside(file: string, folder: string): Promise<boolean> {
  try {
    await (await openRegularFile(file, { within: folder })).close();
    return true;
  } catch {
    return false;
  }
}
