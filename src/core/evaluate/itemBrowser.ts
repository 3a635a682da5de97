/** The items behind the scores of an ability, with every checkpoint's answers. Pure. */
import type { EvaluateFacts, EvaluateRow } from '../../shared/evaluateResults';
import type { AbilityAnswer, AbilityItem, ItemFilter, ItemsQuery } from '../../shared/protocol/abilities';
import { settings } from '../../shared/vocabulary';
import { isRight } from './compareScores';
import type { DatasetItem } from './dataset';
import type { ItemScores } from './verdicts';

/** An item as the page gets it, but for its image, which is still a file. */
export interface BrowsedItem extends Omit<AbilityItem, 'image'> {
  /** Absolute. */
  readonly imageFile: string | null;
}

/** Per checkpoint the scores of the items that it has answered. */
type Verdicts = ReadonlyMap<string, ItemScores>;

/** What is known of an ability's items. */
export interface BrowsedAbility {
  readonly facts: EvaluateFacts;
  readonly rows: readonly EvaluateRow[];
  readonly verdicts: Verdicts;
  /** By id: those that the data set still has. */
  readonly items: ReadonlyMap<string, DatasetItem>;
}

/**
 * The items of an ability that are wanted, in plan order; `[from, to)` of them. An item that a checkpoint has not
 * answered yet is neither right nor wrong by it.
 * @returns `total` counts all that are wanted
 */
export function browseItems(
  { facts, rows, verdicts, items }: BrowsedAbility,
  { ability, filter, search, from, to }: ItemsQuery,
): { items: BrowsedItem[]; total: number } {
  const planned = Object.hasOwn(facts.abilities, ability) ? facts.abilities[ability]!.items : [];
  const answers = answersOf(rows, ability, facts.checkpoints);
  const kept = planned.filter((id) => fits(id, filter, verdicts));
  const wanted = search.trim() === '' ? kept : kept.filter(has(search, items, answers));
  const shown = wanted.slice(from, to).map((id): BrowsedItem => {
    const item = items.get(id);
    return {
      id,
      question: item?.question || null,
      choices: item?.choices ?? [],
      gold: item?.answer || null,
      description: item?.description ?? null,
      category: item?.category ?? null,
      imageFile: item?.image ?? null,
      right: rightOf(id, facts.checkpoints, verdicts),
      answers: answers.get(id) ?? [],
    };
  });
  return { items: shown, total: wanted.length };
}

/** Undefined while the checkpoint has not answered the item. */
function verdict(id: string, checkpoint: string, verdicts: Verdicts): boolean | undefined {
  const score = verdicts.get(checkpoint)?.get(id);
  return score === undefined ? undefined : isRight(score);
}

function rightOf(id: string, checkpoints: readonly string[], verdicts: Verdicts): Record<string, boolean> {
  const known = checkpoints.flatMap((checkpoint): [string, boolean][] => {
    const right = verdict(id, checkpoint, verdicts);
    return right === undefined ? [] : [[checkpoint, right]];
  });
  return Object.fromEntries(known);
}

function fits(id: string, filter: ItemFilter, verdicts: Verdicts): boolean {
  switch (filter.kind) {
    case 'all':
      return true;
    case 'verdict':
      return verdict(id, filter.checkpoint, verdicts) === filter.right;
    case 'transition':
      return [filter.a, filter.b].every((name, i) => verdict(id, name, verdicts) === (filter.cell[i] === 'T'));
  }
}

/** Whether an item's id, its question or one of its answers has the words, in whatever case. */
function has(
  search: string,
  items: ReadonlyMap<string, DatasetItem>,
  answers: ReadonlyMap<string, readonly AbilityAnswer[]>,
): (id: string) => boolean {
  const words = search.trim().toLowerCase();
  return (id) => {
    const texts = [
      id,
      items.get(id)?.question,
      items.get(id)?.answer,
      ...(answers.get(id) ?? []).map(({ text }) => text),
    ];
    return texts.some((text) => text?.toLowerCase().includes(words));
  };
}

/** By id: in the order of the checkpoints, then of settings and samples. */
function answersOf(
  rows: readonly EvaluateRow[],
  ability: string,
  checkpoints: readonly string[],
): Map<string, AbilityAnswer[]> {
  const found = new Map<string, AbilityAnswer[]>();
  for (const row of rows) {
    if (row.ability !== ability) continue;
    const { id, checkpoint, setting, sample = 0, text, extracted, correct, truncated = false } = row;
    const answer = { checkpoint, setting, sample, text, extracted, correct, truncated };
    const known = found.get(id);
    if (known) known.push(answer);
    else found.set(id, [answer]);
  }
  const place = ({ checkpoint, setting, sample }: AbilityAnswer) =>
    [checkpoints.indexOf(checkpoint), settings.indexOf(setting), sample] as const;
  for (const answers of found.values()) {
    answers.sort((a, b) => {
      const [left, right] = [place(a), place(b)];
      return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
    });
  }
  return found;
}
