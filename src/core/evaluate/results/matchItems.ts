import type { LeftOut } from '../../../shared/evaluateResults';
import type { Gold } from '../dataset';
import type { LogEntry } from './logFormat';

/** An item of a task, with every model's answer to it. */
export interface MatchedItem {
  readonly id: string;
  readonly answers: ReadonlyMap<string, LogEntry>;
}

/** What is right, as the first log that says it does: the same for all models. */
export function goldOf({ answers }: MatchedItem): Gold | null {
  return [...answers.values()].find(({ gold }) => gold !== null)?.gold ?? null;
}

export interface MatchedItems {
  /** In the order of the first model's log, then what others have besides. */
  readonly items: readonly MatchedItem[];
  readonly leftOut: readonly LeftOut[];
  /** Models whose hashes of items are none of those before them: their items are matched by id alone. */
  readonly byIdAlone: readonly string[];
}

interface Item {
  readonly id: string;
  readonly answers: Map<string, LogEntry>;
  problem: string | null;
}

/**
 * Which answers are to the same item: those with the same hash of the item. A model that shares no hash with those before
 * it has other hashes of the same items (its tool hashes more or less of them): its items are those with the same id, and
 * where the right answers differ they are left out.
 * @param models in order, per model one answer per id
 */
export function matchItems(models: ReadonlyMap<string, readonly LogEntry[]>): MatchedItems {
  const byId = new Map<string, Item>();
  const byHash = new Map<string, Item>();
  const byIdAlone: string[] = [];
  for (const [model, entries] of models) {
    const hashOf = uniqueHashes(entries);
    const sharesHashes = entries.some((entry) => byHash.has(hashOf(entry) ?? ''));
    if (!sharesHashes && byHash.size > 0 && entries.some(({ hash }) => hash !== null)) byIdAlone.push(model);
    const added: [string, Item][] = [];
    for (const entry of entries) {
      const hash = hashOf(entry);
      const item = (hash !== null && sharesHashes ? byHash.get(hash) : undefined) ?? itemOf(entry, hash, sharesHashes);
      if (hash !== null) added.push([hash, item]);
      answer(item, model, entry);
    }
    for (const [hash, item] of added) if (!byHash.has(hash)) byHash.set(hash, item);
  }
  const all = [...byId.values()];
  return {
    items: all.filter(({ problem }) => problem === null),
    leftOut: all.flatMap(({ id, problem }) => (problem === null ? [] : [{ id, problem }])),
    byIdAlone,
  };

  /** An item that is known by its id; where hashes can be compared, one of another hash is another item. */
  function itemOf({ id }: LogEntry, hash: string | null, sharesHashes: boolean): Item {
    const known = byId.get(id);
    const isOther =
      sharesHashes && hash !== null && [...(known?.answers.values() ?? [])].some((each) => each.hash !== null);
    if (known && !isOther) return known;
    const item: Item = { id: known ? `${id} (${hash!.slice(0, 8)})` : id, answers: new Map(), problem: null };
    byId.set(item.id, item);
    return item;
  }
}

function answer(item: Item, model: string, entry: LogEntry): void {
  const [[other, first] = []] = item.answers;
  const [a, b] = [first, entry].map((each) => each?.gold?.answer.trim());
  const isSame = entry.hash !== null && entry.hash === first?.hash;
  if (other !== undefined && a !== undefined && b !== undefined && a !== b && !isSame) {
    item.problem = `the logs of ${other} and ${model} have different right answers under this id: ${short(a)}, ${short(b)}`;
  }
  if (item.answers.has(model)) item.problem = `the log of ${model} has two answers to it`;
  else item.answers.set(model, entry);
}

function short(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Where a log has one hash twice, what was hashed was not the whole item. */
function uniqueHashes(entries: readonly LogEntry[]): (entry: LogEntry) => string | null {
  const counts = new Map<string, number>();
  for (const { hash } of entries) if (hash !== null) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return ({ hash }) => (hash !== null && counts.get(hash) === 1 ? hash : null);
}
