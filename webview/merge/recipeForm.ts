/** What the form does to a recipe of arithmetic. No DOM. */
import type {
  ArithmeticRecipe,
  MethodInfo,
  MethodParameter,
  RecipeSetting,
  RecipeSettings,
} from '../../src/shared/protocol/merge';

/** What must be given and has no default begins here: halfway. */
const halfway = 0.5;

/** A recipe of a method: what it cannot take is left out, what it needs is there. */
export function adaptRecipe(recipe: ArithmeticRecipe, method: MethodInfo, donors: readonly string[]): ArithmeticRecipe {
  const { base: wanted, models: count, perModel, parameters } = method;
  const base = wanted === 'none' ? null : (recipe.base ?? (wanted === 'required' ? (donors[0] ?? null) : null));
  const own = recipe.models.slice(0, count.max ?? undefined);
  const others = donors.filter((donor) => donor !== base && !own.some(({ model }) => model === donor));
  const missing = Math.max(0, count.min - own.length);
  const added = Array.from({ length: missing }, (_, i) => others[i] ?? donors[0] ?? '');
  const models = [...own, ...added.map((model) => ({ model, settings: {} }))];
  return {
    method: method.name,
    base,
    models: models.map(({ model, settings }) => ({ model, settings: fitting(settings, perModel) })),
    parameters: fitting(recipe.parameters, parameters),
    seed: method.seeded ? recipe.seed : null,
  };
}

/** A first recipe of two donors. */
export function firstRecipe(method: MethodInfo, [a, b]: readonly [string, string]): ArithmeticRecipe {
  const models = [a, b].map((model) => ({ model, settings: {} }));
  return adaptRecipe({ method: method.name, base: null, models, parameters: {}, seed: null }, method, [a, b]);
}

/** The settings with one exchanged; null takes it away. */
export function withSetting(settings: RecipeSettings, name: string, value: RecipeSetting | null): RecipeSettings {
  const others = Object.entries(settings).filter(([other]) => other !== name);
  return Object.fromEntries(value === null ? others : [...others, [name, value]]);
}

/** "0.5", "0, 1" for a gradient, "" where nothing is given; null where a filter says more than a line can. */
export function settingText(setting: RecipeSetting | undefined): string | null {
  if (setting === undefined) return '';
  if (typeof setting !== 'object') return String(setting);
  const isGradient = (value: unknown): value is readonly number[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'number');
  return isGradient(setting) ? setting.join(', ') : null;
}

/**
 * What was typed for a number: one, or several as a gradient; null for nothing.
 * @returns undefined when it is none of these
 */
export function parseSetting(text: string, { kind }: MethodParameter): number | readonly number[] | null | undefined {
  const pieces = text.split(/[\s,;]+/).filter((piece) => piece !== '');
  if (pieces.length === 0) return null;
  const values = pieces.map(Number);
  if (values.some((value) => !Number.isFinite(value))) return undefined;
  if (kind === 'integer') return values.length === 1 && Number.isInteger(values[0]) ? values[0] : undefined;
  return values.length === 1 ? values[0] : values;
}

function fitting(settings: RecipeSettings, specs: readonly MethodParameter[]): RecipeSettings {
  const kept = specs.flatMap(({ name, default: standard }): [string, RecipeSetting][] => {
    const own = settings[name] ?? (standard === null ? halfway : undefined);
    return own === undefined ? [] : [[name, own]];
  });
  return Object.fromEntries(kept);
}
