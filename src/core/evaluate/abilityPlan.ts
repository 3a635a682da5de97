/** What an evaluate step asks of each ability: its items, in which settings, and what cannot be asked. */
import { InputError } from '../../shared/errors';
import type { EvaluateFactsOfAbility, LeftOut } from '../../shared/evaluateResults';
import { abilities, type Ability, type Setting } from '../../shared/vocabulary';
import type { EvaluateOptions } from '../experiment/schema';
import type { StepContext } from '../experiment/step';
import type { ImageSize } from '../model/imageProcessor';
import type { ImageReader } from '../ports';
import type { DatasetItem } from './dataset';
import { describeItems, type Describer } from './describe';
import { floorOf } from './grading/floor';

/** The settings that each ability is made of (arXiv 2602.12395, equations 4–6). */
export const settingsOf: Readonly<Record<Ability, readonly Setting[]>> = {
  vision: ['image', 'black'],
  visionToReasoning: ['image', 'description'],
  reasoning: ['text'],
};

export interface PlannedAbility {
  readonly ability: Ability;
  readonly settings: readonly Setting[];
  readonly items: readonly DatasetItem[];
  readonly facts: EvaluateFactsOfAbility;
  /** Files that decide what is asked. */
  readonly files: readonly string[];
  readonly imageFolder: string;
  /** Of the items' images. */
  readonly sizes: readonly ImageSize[];
}

/**
 * @param describer writes the descriptions that items lack; null: such items are left out
 * @throws InputError when no data set is named, or one has no item that can be asked
 */
export async function planAbilities(
  options: EvaluateOptions,
  context: StepContext,
  images: ImageReader,
  describer: Describer | null,
): Promise<PlannedAbility[]> {
  const named = abilities.filter((ability) => options[ability] !== undefined);
  if (named.length === 0) {
    throw new InputError(
      `the step "${options.id}" names no data set`,
      `Give it ${abilities.join(', ')} or some of them.`,
    );
  }
  const planned: PlannedAbility[] = [];
  for (const ability of named) planned.push(await planAbility(ability, options, context, images, describer));
  return planned;
}

async function planAbility(
  ability: Ability,
  { limit, seed, rule, categories, [ability]: given }: EvaluateOptions,
  context: StepContext,
  images: ImageReader,
  describer: Describer | null,
): Promise<PlannedAbility> {
  const settings = settingsOf[ability];
  const category = categories?.[ability];
  const dataset = await context.dataset(given!, { limit, seed, category });
  const leftOut: LeftOut[] = [...dataset.leftOut];
  const keep = <T>(items: readonly T[], idOf: (item: T) => string, problemOf: (item: T, i: number) => string | null) =>
    items.filter((item, i) => {
      const problem = problemOf(item, i);
      if (problem !== null) leftOut.push({ id: idOf(item), problem });
      return problem === null;
    });
  const idOf = ({ id }: DatasetItem) => id;

  const problems = await context.grader.problems(dataset.items);
  let items = keep(dataset.items, idOf, (_, i) => problems[i]!);
  let sizes: ImageSize[] = [];
  const files = [...dataset.files];
  if (!settings.includes('text')) {
    items = keep(items, idOf, ({ image }) => (image === null ? 'it has no image' : null));
    const paths = items.map(({ image }) => image!);
    const found = await images.sizes(paths, dataset.imageFolder);
    const readable = found.filter((size): size is ImageSize => !(size instanceof Error));
    items = keep(items, idOf, (_, i) => (found[i] instanceof Error ? found[i].message : null));
    sizes = readable;
    files.push(...items.map(({ image }) => image!));
  }
  if (settings.includes('description')) {
    if (describer) {
      const described = await describeItems(items, dataset.imageFolder, describer, context);
      items = described.items;
      files.push(...described.files);
    }
    items = keep(items, idOf, ({ description }) => (description === null ? 'it has no description' : null));
  }
  if (items.length === 0) {
    const [first] = leftOut;
    const why = first ? ` ${first.id}: ${first.problem}.` : '';
    throw new InputError(`${given!} has no item that can be asked for ${ability}`, `${why.trim()}`);
  }
  for (const { id, problem } of leftOut) context.log.warn(`${ability}: ${id} is left out: ${problem}`);
  const floor = await floorOf(items, rule, context.grader);
  const facts = { dataset: given!, settings, items: items.map(idOf), leftOut, floor };
  return { ability, settings, items, facts, files, imageFolder: dataset.imageFolder, sizes };
}
