import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { huggingFaceCacheRoot } from '../../checkpoint/discover';
import { identityOf, readTextFile } from '../../files/containedFile';
import { listFolder } from '../../files/listFolder';

const prefix = 'hf:';
const namePattern = /^hf:([A-Za-z0-9][\w.-]*)\/([A-Za-z0-9][\w.-]*)$/;

/** Whether a data set is named as in the Hugging Face Hub: `hf:OWNER/NAME`. */
export function isHubDataset(given: string): boolean {
  return given.startsWith(prefix);
}

/**
 * The folder that the Hugging Face cache has of a data set.
 * @throws InputError when the name is none, or the cache has no such data set
 */
export async function cachedDataset(given: string): Promise<string> {
  const [, owner, name] = namePattern.exec(given) ?? [];
  if (!owner || !name) throw new InputError(`"${given}" names no data set`, 'Write hf:OWNER/NAME.');
  const repository = path.join(huggingFaceCacheRoot(), `datasets--${owner}--${name}`);
  const snapshot = await snapshotOf(repository);
  if (snapshot) return snapshot;
  throw new InputError(
    `${given} is not in the Hugging Face cache: there is no snapshot in ${repository}`,
    `Run: hf download --repo-type dataset ${owner}/${name}`,
  );
}

/**
 * What a repository's folder in the cache holds: the snapshot that `refs/main` names, else the newest. Null where it
 * has none, as other folders do.
 */
export async function snapshotOf(repository: string): Promise<string | null> {
  const snapshots = path.join(repository, 'snapshots');
  const entries = await listFolder(snapshots).catch(() => []);
  const names = entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
  const main = await readTextFile(path.join(repository, 'refs', 'main'), { limit: 1024 }).catch(() => '');
  if (names.includes(main.trim())) return path.join(snapshots, main.trim());
  const dated = await Promise.all(
    names.map(async (name) => ({ name, time: Number((await identityOf(path.join(snapshots, name))).modifiedNs) })),
  );
  const [newest] = dated.sort((a, b) => b.time - a.time);
  return newest ? path.join(snapshots, newest.name) : null;
}
