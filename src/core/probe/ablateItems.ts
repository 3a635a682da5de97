/** The items behind one ablated layer. Pure. */
import type { AblateRow } from '../../shared/ablateResults';
import type { ReasoningHostSurface, ReasoningItem } from '../../shared/protocol/reasoning';
import type { DatasetItem } from '../evaluate/dataset';

export type ItemQuery = ReasoningHostSurface['items']['params'];

/** An item at one layer, with its image as a file. */
export interface ItemAtLayer extends Omit<ReasoningItem, 'image'> {
  /** Absolute; null where it has none, or the data set no longer has the item. */
  readonly imageFile: string | null;
}

type Side = ReasoningItem['baseline'];

/** What is not measured, or not measured yet. */
const nothing: Side = { text: null, correct: null, logLikelihood: null };

/**
 * The items with a layer made identity, those wanted, in the order of the rows; `[from, to)` of them.
 * @param items of the data set, by id; what is not among them keeps its answers
 * @returns `total` counts all that are wanted
 */
export function ablateItems(
  rows: readonly AblateRow[],
  items: ReadonlyMap<string, DatasetItem>,
  { part, layer, only, from, to }: ItemQuery,
): { items: ItemAtLayer[]; total: number } {
  const baselines = new Map(rows.filter((row) => row.layer === null).map((row) => [row.id, sideOf(row)]));
  const wanted = rows.filter(
    (row) => row.part === part && row.layer === layer && isWanted(only, baselines.get(row.id), row),
  );
  const shown = wanted.slice(from, to).map((row): ItemAtLayer => {
    const item = items.get(row.id);
    return {
      id: row.id,
      question: item?.question ?? null,
      gold: item?.answer ?? null,
      imageFile: item?.image ?? null,
      baseline: baselines.get(row.id) ?? nothing,
      ablated: sideOf(row),
    };
  });
  return { items: shown, total: wanted.length };
}

function isWanted(only: ItemQuery['only'], baseline: Side | undefined, { correct }: AblateRow): boolean {
  switch (only) {
    case 'all':
      return true;
    case 'lost':
      return baseline?.correct === true && correct === false;
    case 'gained':
      return baseline?.correct === false && correct === true;
  }
}

function sideOf({ text, correct, logLikelihood }: AblateRow): Side {
  return { text, correct, logLikelihood };
}
