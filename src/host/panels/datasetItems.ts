import path from 'node:path';
import type { DatasetItem } from '../../core/evaluate/dataset';
import { imageCacheFolder } from '../../core/evaluate/datasets/imageCache';
import { isHubDataset } from '../../core/evaluate/datasets/hubCache';
import { readDataset } from '../../core/evaluate/datasets/readDataset';
import { readRunItems } from '../../core/evaluate/runItems';
import { runFiles, runPathsIn } from '../../core/experiment/runFolder';
import { runsDirectory, type Experiment } from '../../core/experiment/experiment';
import { identityOf } from '../../core/files/containedFile';
import type { ParquetReader } from '../../core/ports';
import { InputError } from '../../shared/errors';

/** Where a run is: paths of its experiment are relative to that folder; its own folder keeps what was asked. */
export interface Place extends Pick<Experiment, 'directory'> {
  readonly run?: string | undefined;
}

/** The place of a run in the folder beside its experiment file. */
export function runPlace(file: string, step: string): Place {
  return { directory: path.dirname(file), run: runPathsIn(runsDirectory(file), step).folder };
}

/** A data set as a panel knows it. */
interface ReadItems {
  readonly items: ReadonlyMap<string, DatasetItem>;
  /** Null where nothing could be read. */
  readonly imageFolder: string | null;
  /** Of the path and of the files that were read, to see whether they changed. */
  readonly identities: readonly (readonly [string, string])[];
}

/** The host opens no parquet file: it is a hostile format, and the process that may read it belongs to the engine. */
export const noParquet: ParquetReader = {
  rows: (file) => Promise.reject(new InputError(`${file} is read by runs only`)),
  extractImages: (file) => Promise.reject(new InputError(`${file} is read by runs only`)),
};

/**
 * Items of data sets for pages: questions, right answers and images behind the rows of a run. From the data set itself;
 * where that cannot be read here, from what the run keeps of it. Never throws.
 */
export class DatasetItems {
  private readonly known = new Map<string, Promise<ReadItems>>();

  /**
   * Items by id; none when nobody has them: answers are in the rows and can be read without.
   * @param place null where nobody knows it
   * @param given the data set, as the experiment file or a run's facts name it
   */
  async read(place: Place | null, given: string): Promise<ReadonlyMap<string, DatasetItem>> {
    return (await this.find(place, given)).items;
  }

  /** The folder that all images of its items must lie in; null where nobody knows it. */
  async imageFolder(place: Place | null, given: string): Promise<string | null> {
    return (await this.find(place, given)).imageFolder;
  }

  private async find(place: Place | null, given: string): Promise<ReadItems> {
    if (!place || given === '') return nothing([]);
    const set = isHubDataset(given) ? given : path.resolve(place.directory, given);
    const own = await this.unchanged(set, () => readSet(set));
    if (own.items.size > 0 || place.run === undefined) return own;
    const file = path.join(place.run, runFiles.items);
    return this.unchanged(`${file}\n${given}`, () => readKept(file, given));
  }

  /** Reads again only what has changed since. */
  private async unchanged(key: string, read: () => Promise<ReadItems>): Promise<ReadItems> {
    const known = this.known.get(key);
    if (known && (await isUnchanged(await known))) return known;
    // Another call may have begun to read it meanwhile.
    const current = this.known.get(key);
    if (current && current !== known) return current;
    const reading = read();
    this.known.set(key, reading);
    return reading;
  }
}

async function readSet(place: string): Promise<ReadItems> {
  try {
    const { items, imageFolder, files } = await readDataset(place, {}, noParquet);
    const isRoot = imageFolder === path.parse(imageFolder).root;
    return {
      items: byId(items),
      imageFolder: isRoot ? null : imageFolder,
      identities: await identities([place, ...files]),
    };
  } catch {
    return nothing(await identities([place]));
  }
}

/** A run folder may be anybody's: of the images it names, those count that runs put into the user's own cache. */
async function readKept(file: string, given: string): Promise<ReadItems> {
  const before = await identities([file]);
  return { items: byId(await readRunItems(file, given)), imageFolder: imageCacheFolder(), identities: before };
}

function byId(items: readonly DatasetItem[]): Map<string, DatasetItem> {
  return new Map(items.map((item) => [item.id, item]));
}

function nothing(known: ReadItems['identities']): ReadItems {
  return { items: new Map(), imageFolder: null, identities: known };
}

function identities(files: readonly string[]): Promise<ReadItems['identities']> {
  return Promise.all(files.map(async (file) => [file, await printOf(file)] as const));
}

async function isUnchanged({ items, identities: before }: ReadItems): Promise<boolean> {
  // What was not there may have come since, where nobody can say when: a model hub's cache.
  if (items.size === 0 && before.some(([, print]) => print === gone)) return false;
  const now = await Promise.all(before.map(([file]) => printOf(file)));
  return now.every((print, i) => print === before[i]![1]);
}

/** The print of what is not there. */
const gone = '';

async function printOf(file: string): Promise<string> {
  const identity = await identityOf(file).catch(() => null);
  return identity === null ? gone : JSON.stringify(identity);
}
