/** Hybrids whose weights are computed, as the wizard's form has them. Pure. */
import type { Checkpoint } from '../../core/checkpoint/checkpoint';
import type { HybridSpec } from '../../core/experiment/schema';
import { donorsOfArithmetic, planArithmetic } from '../../core/merge/arithmeticPlan';
import type { ArithmeticSpec } from '../../core/merge/methods/arithmeticSpec';
import type { MergeMethod, ParameterSpec } from '../../core/merge/methods/method';
import type {
  ArithmeticRecipe,
  MergeProblem,
  MethodInfo,
  MethodParameter,
  RecipeSettings,
} from '../../shared/protocol/merge';
import { attempt, shortHash, whyNot, type OpenedDonors } from './mergeColumns';

export interface ReadArithmetic {
  readonly recipe: ArithmeticRecipe;
  /** Checkpoints that it is computed from, the skeleton first. */
  readonly used: readonly string[];
  readonly problems: readonly MergeProblem[];
  readonly hash: string | null;
  readonly bytes: number | null;
}

/** Reads a recipe as far as its words and its donors allow. Never throws an InputError. */
export function readArithmetic(name: string, spec: ArithmeticSpec, opened: OpenedDonors): ReadArithmetic {
  const used = donorsOfArithmetic(spec);
  const known = { recipe: recipeOf(spec), used };
  const broken = (messages: readonly string[]): ReadArithmetic => {
    const problems = messages.map((message) => ({ severity: 'error' as const, message }));
    return { ...known, problems, hash: null, bytes: null };
  };
  const checkpoints = new Map<string, Checkpoint>();
  const unread: string[] = [];
  for (const donor of used) {
    const read = opened.get(donor);
    if (read?.kind === 'opened') checkpoints.set(donor, read.checkpoint);
    else unread.push(whyNot(donor, read));
  }
  if (unread.length > 0) return broken(unread);
  const plan = attempt(() => planArithmetic(name, spec, checkpoints));
  if ('message' in plan) return broken([plan.message]);
  const bytes = plan.tensors.reduce((sum, { own }) => sum + own.length, 0);
  return { ...known, problems: [], hash: shortHash(plan.key), bytes };
}

/** A recipe as the file has it; what is not given is left out. */
export function arithmeticSpec({ method, base, models, parameters, seed }: ArithmeticRecipe): HybridSpec {
  const spec = {
    method,
    ...(base === null ? {} : { base }),
    models: models.map(({ model, settings }) => ({ model, ...settings })),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(seed === null ? {} : { seed }),
  };
  return spec as HybridSpec;
}

export function methodInfo(method: MergeMethod): MethodInfo {
  const { name, title, description, source, base, models, seeded, differences, mergekitDifferences } = method;
  return {
    name,
    title,
    description,
    source,
    differences: [differences, mergekitDifferences].filter((one) => one !== null),
    base,
    models,
    perModel: method.perModel.map(parameterInfo),
    parameters: method.parameters.map(parameterInfo),
    seeded,
  };
}

function parameterInfo({ name, title, kind, default: standard, description }: ParameterSpec): MethodParameter {
  return { name, title, kind, default: standard, description };
}

function recipeOf({ method, base, models, parameters, seed }: ArithmeticSpec): ArithmeticRecipe {
  return {
    method,
    base: base ?? null,
    models: models.map(({ model, ...settings }) => ({ model, settings: given(settings) })),
    parameters: given(parameters ?? {}),
    seed: seed ?? null,
  };
}

function given(settings: Readonly<Record<string, unknown>>): RecipeSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as RecipeSettings;
}
