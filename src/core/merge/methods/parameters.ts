/** The parameters of a merge: held against what the method takes, and worked out for each tensor. */
import { InputError } from '../../../shared/errors';
import type { MergeMethod, ParameterSpec } from './method';
import {
  evaluateSetting,
  filteredValues,
  type ParameterSetting,
  type ParameterSettings,
  type SettingPlace,
} from './settings';

export interface MergeSettings {
  /** One per model; what a model does not say, `shared` says for all. */
  readonly models: readonly ParameterSettings[];
  /** The first that says something of a tensor holds. */
  readonly shared: readonly ParameterSettings[];
}

export interface TensorParameters {
  readonly perModel: readonly Readonly<Record<string, number>>[];
  readonly parameters: Readonly<Record<string, number | boolean>>;
}

/**
 * Holds a merge against its method before anything is read: the number of models, the base, names and values of
 * parameters, and those that must be given.
 * @throws InputError saying what is wrong
 */
export function checkMerge(method: MergeMethod, hasBase: boolean, settings: MergeSettings): void {
  const { name, base, models } = method;
  if (base === 'required' && !hasBase) throw new InputError(`${name} needs a base`, 'Name it with base.');
  if (base === 'none' && hasBase) throw new InputError(`${name} has no base`, 'Leave base out.');
  const count = settings.models.length;
  if (count < models.min || count > (models.max ?? Infinity)) {
    throw new InputError(`${name} takes ${countWords(method)}, not ${count}`);
  }
  const global = method.parameters.map((spec) => spec.name);
  const ofModels = method.perModel.map((spec) => spec.name);
  for (const own of settings.models) checkNames(own, ofModels, global, `a model of ${name}`);
  for (const shared of settings.shared) checkNames(shared, [...global, ...ofModels], [], name);
  for (const spec of [...method.perModel, ...method.parameters]) {
    for (const scope of [...settings.models, ...settings.shared]) checkValues(spec, scope);
  }
  const isMissing = (spec: ParameterSpec, scopes: readonly ParameterSettings[]): boolean =>
    spec.default === null && scopes.every((scope) => given(scope, spec.name) === undefined);
  const missing =
    method.parameters.find((spec) => isMissing(spec, settings.shared)) ??
    method.perModel.find((spec) => settings.models.some((own) => isMissing(spec, [own, ...settings.shared])));
  if (missing) throw new InputError(`${name} needs ${missing.name}`, missing.description);
}

/**
 * The parameters for one tensor, defaults filled in.
 * @throws InputError when one that must be given is not, for this tensor
 */
export function parametersFor(method: MergeMethod, settings: MergeSettings, place: SettingPlace): TensorParameters {
  const valueOf = (spec: ParameterSpec, scopes: readonly ParameterSettings[]): number | boolean => {
    for (const scope of scopes) {
      const setting = given(scope, spec.name);
      const value = setting === undefined ? undefined : evaluateSetting(setting, place);
      if (value !== undefined) return value;
    }
    if (spec.default !== null) return spec.default;
    throw new InputError(
      `${method.name} needs ${spec.name}, and nothing says it for ${place.name}`,
      `Give ${spec.name} a value without a filter.`,
    );
  };
  const { shared } = settings;
  return {
    perModel: settings.models.map((own) =>
      Object.fromEntries(method.perModel.map((spec) => [spec.name, Number(valueOf(spec, [own, ...shared]))])),
    ),
    parameters: Object.fromEntries(method.parameters.map((spec) => [spec.name, valueOf(spec, shared)])),
  };
}

function given(settings: ParameterSettings, name: string): ParameterSetting | undefined {
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function countWords({ models: { min, max } }: MergeMethod): string {
  const models = (count: number): string => (count === 1 ? '1 model' : `${count} models`);
  if (max === null) return `${models(min)} or more`;
  return min === max ? models(min) : `${min} to ${models(max)}`;
}

/** @param elsewhere names that are known, but not here */
function checkNames(
  settings: ParameterSettings,
  known: readonly string[],
  elsewhere: readonly string[],
  owner: string,
): void {
  for (const name of Object.keys(settings)) {
    if (known.includes(name) || given(settings, name) === undefined) continue;
    if (elsewhere.includes(name)) {
      throw new InputError(`${name} is not a parameter of ${owner} but of the whole merge`, 'Put it under parameters.');
    }
    throw new InputError(`${owner} has no parameter "${name}"`, `It has ${known.join(', ') || 'none'}.`);
  }
}

function checkValues(spec: ParameterSpec, scope: ParameterSettings): void {
  const setting = given(scope, spec.name);
  if (setting === undefined) return;
  for (const { value } of filteredValues(setting)) {
    const values: readonly (number | boolean)[] = typeof value === 'object' ? value : [value];
    if (values.length === 0) throw new InputError(`${spec.name}: a gradient has no values`, 'Give at least one.');
    for (const one of values) {
      if (!isAllowed(spec, one)) throw new InputError(`${spec.name} must be ${kindWords(spec)}, not ${one}`);
    }
    if (typeof value === 'object' && spec.kind !== 'number') {
      throw new InputError(`${spec.name} must be ${kindWords(spec)}: it has no gradient`);
    }
  }
}

function isAllowed({ kind, min = -Infinity, max = Infinity }: ParameterSpec, value: number | boolean): boolean {
  if (kind === 'boolean') return typeof value === 'boolean';
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return (kind === 'number' || Number.isInteger(value)) && min <= value && value <= max;
}

function kindWords({ kind, min, max }: ParameterSpec): string {
  if (kind === 'boolean') return 'true or false';
  const noun = kind === 'integer' ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun}, at least ${min}`;
  return max === undefined ? noun : `${noun}, at most ${max}`;
}
