import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { isFolder } from '../../files/folders';
import { listFolder } from '../../files/listFolder';
import { cachedDataset, isHubDataset, snapshotOf } from './hubCache';

/** Where known sets keep their files: MathVista in `data`, GSM8K in `main`. */
const folders = ['.', 'data', 'main'];
const endings = /\.(parquet|jsonl|json)$/;
/** Of MathVista only testmini has answers. */
const splits = ['testmini', 'test'];

/**
 * The files that a data set is made of, in order.
 * @param given a file or folder, absolute, or `hf:OWNER/NAME`
 * @throws InputError when there are none, or more than one could be meant
 */
export async function findFiles(given: string): Promise<string[]> {
  const place = isHubDataset(given) ? await cachedDataset(given) : given;
  if (!(await isFolder(place))) return [place];
  const root = (await snapshotOf(place)) ?? place;
  const found: string[] = [];
  for (const folder of folders) {
    const entries = await listFolder(path.join(root, folder)).catch((error: unknown) => {
      if (folder === '.') throw error;
      return [];
    });
    const files = entries.filter(({ name, kind }) => kind === 'file' && endings.test(name));
    found.push(...files.map(({ name }) => path.join(root, folder, name)));
  }
  for (const split of splits) {
    const files = ofSplit(found, split, root);
    if (files.length > 0) return files;
  }
  if (found.length === 1) return found;
  const what = found.length === 0 ? 'no data set' : `${found.length} files and no test split among them`;
  throw new InputError(
    `${root}: ${what}`,
    found.length === 0
      ? 'A folder of a data set has JSONL or parquet files, in itself or in data or main.'
      : `Name the file itself: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}.`,
  );
}

/** `test.jsonl`, `test.parquet`, or all parts of `test-00000-of-00002.parquet`. */
function ofSplit(files: readonly string[], split: string, root: string): string[] {
  const whole = files.filter((file) => path.parse(file).name === split);
  if (whole.length > 0) return whole.slice(0, 1);
  const pattern = new RegExp(`^${split}-(\\d{5})-of-(\\d{5})(-[0-9a-f]+)?\\.parquet$`);
  const parts = files.filter((file) => pattern.test(path.basename(file))).sort();
  if (parts.length === 0) return [];
  const numbers = parts.map((file) => pattern.exec(path.basename(file))!);
  const total = Number(numbers[0]![2]);
  if (numbers.length !== total || numbers.some(([, part, of], i) => Number(part) !== i || Number(of) !== total)) {
    throw new InputError(
      `${root}: the split "${split}" has ${total} parts, and ${numbers.length} files are there`,
      'Fetch the missing parts, or remove those of another version.',
    );
  }
  return parts;
}
