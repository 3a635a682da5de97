import type { DatasetItem } from '../../core/evaluate/dataset';
import { ablateItems, type ItemQuery } from '../../core/probe/ablateItems';
import { InputError } from '../../shared/errors';
import type { ReasoningHostSurface } from '../../shared/protocol/reasoning';
import { imageAddresses } from './containedImages';
import type { AblateRun } from './reasoningState';

/** What a run's data set says of its items. */
export interface KnownItems {
  readonly items: ReadonlyMap<string, DatasetItem>;
  /** Images have to lie in it; null where nobody knows it. */
  readonly imageFolder: string | null;
}

/**
 * The items behind one ablated layer, with addresses of their images.
 * @param toAddress what the page loads a file by
 * @throws InputError when the run has no such layer
 */
export async function readReasoningItems(
  { id, facts, rows }: Pick<AblateRun, 'id' | 'facts' | 'rows'>,
  { items: known, imageFolder }: KnownItems,
  query: ItemQuery,
  toAddress: (file: string) => string,
): Promise<ReasoningHostSurface['items']['result']> {
  const isPlanned = facts.layers.some(({ part, layer }) => part === query.part && layer === query.layer);
  if (!isPlanned) throw new InputError(`the run "${id}" has no layer ${query.layer} of that part`);
  const { items, total } = ablateItems(rows, known, query);
  const addresses = await imageAddresses(
    items.map(({ imageFile }) => imageFile),
    imageFolder,
    toAddress,
  );
  return { items: items.map(({ imageFile: _, ...item }, i) => ({ ...item, image: addresses[i]! })), total };
}
