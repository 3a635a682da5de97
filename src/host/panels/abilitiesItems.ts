import type { DatasetItem } from '../../core/evaluate/dataset';
import { browseItems } from '../../core/evaluate/itemBrowser';
import { verdicts } from '../../core/evaluate/verdicts';
import { InputError } from '../../shared/errors';
import type { AbilityItem, ItemsQuery } from '../../shared/protocol/abilities';
import type { EvaluateRun } from './abilitiesState';
import { imageAddresses } from './containedImages';

/** What a data set says of its items. */
export interface KnownItems {
  readonly items: ReadonlyMap<string, DatasetItem>;
  /** Images have to lie in it; null where nobody knows it. */
  readonly imageFolder: string | null;
}

/**
 * The items behind the scores of one ability, with the addresses of their images.
 * @param known what the data set of an ability says; nothing where it is gone: then there are ids and answers alone
 * @param toAddress what the page loads a file by
 * @throws InputError when the run has no such ability, or none of the checkpoints asked about
 */
export async function readAbilityItems(
  { id, facts, rows }: Pick<EvaluateRun, 'id' | 'facts' | 'rows'>,
  known: (dataset: string) => Promise<KnownItems>,
  query: ItemsQuery,
  toAddress: (file: string) => string,
): Promise<{ items: AbilityItem[]; total: number }> {
  const { ability } = query;
  const planned = Object.hasOwn(facts.abilities, ability) ? facts.abilities[ability] : undefined;
  if (!planned) throw new InputError(`the run "${id}" has no ability ${JSON.stringify(ability)}`);
  const unknown = checkpointsIn(query).find((name) => !facts.checkpoints.includes(name));
  if (unknown !== undefined) throw new InputError(`the run "${id}" has no checkpoint ${JSON.stringify(unknown)}`);

  const { items, imageFolder } = await known(planned.dataset);
  const found = browseItems({ facts, rows, verdicts: verdicts(facts, rows).get(ability) ?? new Map(), items }, query);
  const files = found.items.map(({ imageFile }) => imageFile);
  const addresses = await imageAddresses(files, imageFolder, toAddress);
  return {
    items: found.items.map(({ imageFile: _, ...item }, i) => ({ ...item, image: addresses[i]! })),
    total: found.total,
  };
}

function checkpointsIn({ filter }: ItemsQuery): string[] {
  switch (filter.kind) {
    case 'all':
      return [];
    case 'transition':
      return [filter.a, filter.b];
    case 'verdict':
      return [filter.checkpoint];
  }
}
