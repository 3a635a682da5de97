import { readPairs, type ImagePair } from '../../core/probe/pairs';
import { probeItems, type ItemQuery } from '../../core/probe/probeItems';
import { InputError } from '../../shared/errors';
import type { ProbeItems } from '../../shared/protocol/probe';
import { imageAddresses } from './containedImages';
import type { ReadRun } from './probeSource';

/**
 * The pairs behind one point of a run's curve, with addresses of their images.
 * @param toAddress what the page loads a file by
 * @throws InputError when the run has no such function or layer
 */
export async function readProbeItems(
  { id, facts, rows, pairsFolder }: ReadRun,
  query: ItemQuery,
  toAddress: (file: string) => string,
): Promise<ProbeItems> {
  const planned = Object.hasOwn(facts.functions, query.function) ? facts.functions[query.function] : undefined;
  if (!planned || !facts.layers.includes(query.layer)) {
    throw new InputError(`the run "${id}" has no ${query.function} at layer ${query.layer}`);
  }
  // What comes after the pairs that the run read may be broken: it did not stop the run either.
  const limit = planned.pairs.length + planned.tokens.length;
  const pairs = pairsFolder === null ? [] : await pairsIn(pairsFolder, query.function, limit);
  const { items, total } = probeItems(rows, pairs, query);
  const files = items.flatMap(({ pair }) => [pair?.targetImage, pair?.sourceImage]);
  const addresses = await imageAddresses(files, pairsFolder, toAddress);
  return {
    items: items.map(({ pair: _, ...item }, i) => ({
      ...item,
      targetImage: addresses[2 * i]!,
      sourceImage: addresses[2 * i + 1]!,
    })),
    total,
  };
}

/** None when the folder is gone or was broken since: the answers are in the rows, and can be read without. */
async function pairsIn(folder: string, name: string, limit: number): Promise<readonly ImagePair[]> {
  try {
    return (await readPairs(folder, [name], limit)).functions.get(name) ?? [];
  } catch {
    return [];
  }
}
