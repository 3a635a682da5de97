import { InputError } from '../../shared/errors';
import type { AttentionItem } from '../../shared/protocol/attention';
import type { AttentionRun } from './attentionState';
import { imageAddresses } from './containedImages';
import type { DatasetItems, Place } from './datasetItems';

/**
 * One item of a run: what was asked, where its image can be loaded, and its rows.
 * @param toAddress what the page loads a file by
 * @throws InputError when the run has no such item
 */
export async function readAttentionItem(
  { id: run, facts, rows }: Pick<AttentionRun, 'id' | 'facts' | 'rows'>,
  id: string,
  around: { readonly place: Place; readonly datasets: DatasetItems },
  toAddress: (file: string) => string,
): Promise<AttentionItem> {
  const own = rows.filter((row) => row.id === id);
  if (own.length === 0 && !facts.items.includes(id)) {
    throw new InputError(`the run "${run}" has no item ${JSON.stringify(id)}`);
  }
  const { place, datasets } = around;
  const item = (await datasets.read(place, facts.dataset)).get(id);
  const folder = await datasets.imageFolder(place, facts.dataset);
  const [image = null] = await imageAddresses([item?.image], folder, toAddress);
  return { id, question: item?.question ?? null, image, rows: own };
}
