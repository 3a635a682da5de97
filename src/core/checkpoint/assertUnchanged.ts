import { InputError } from '../../shared/errors';
import { identityOf, sameIdentity } from '../files/containedFile';
import type { Shard } from './checkpoint';

/**
 * @param doing what the files are used for, as in "being compared"
 * @throws InputError when a file is no longer the one whose header was read
 */
export async function assertUnchanged(shards: Iterable<Shard>, doing: string): Promise<void> {
  for (const { path, identity } of new Set(shards)) {
    if (!sameIdentity(await identityOf(path), identity)) {
      throw new InputError(`${path} was changed while it was ${doing}`, 'Run it again once nothing writes there.');
    }
  }
}
