/** A hybrid whose weights are computed, as the experiment file has it. */
import type { MergeSettings } from './parameters';
import type { ParameterSetting, ParameterSettings } from './settings';

/** A checkpoint and its parameters, side by side: `{model: rl, weight: 0.5}`. */
export type ModelSpec = { readonly model: string } & Readonly<Record<string, ParameterSetting | string | undefined>>;

export interface ArithmeticSpec {
  readonly method: string;
  readonly base?: string | undefined;
  readonly models: readonly ModelSpec[];
  readonly parameters?: ParameterSettings | undefined;
  /** 0 where it is not given. */
  readonly seed?: number | undefined;
}

export function settingsOf({ models, parameters }: ArithmeticSpec): MergeSettings {
  return { models: models.map(modelSettings), shared: [parameters ?? {}] };
}

function modelSettings(spec: ModelSpec): ParameterSettings {
  const settings = Object.entries(spec).filter(([name]) => name !== 'model');
  return Object.fromEntries(settings) as ParameterSettings;
}
