/**
 * Settings of merge parameters as mergekit's files have them: a value, a gradient over the layers, or either under a
 * filter on the tensor's name.
 */
import { InputError } from '../../../shared/errors';

export type GradientValue = number | boolean | readonly number[];

export interface FilteredValue {
  /** A tensor is meant whose name contains this; absent or "*": every tensor. */
  readonly filter?: string | undefined;
  readonly value: GradientValue;
}

/** Of a list of filtered values the first that means the tensor holds. */
export type ParameterSetting = GradientValue | FilteredValue | readonly FilteredValue[];

/** By parameter; undefined is not given. */
export type ParameterSettings = Readonly<Record<string, ParameterSetting | undefined>>;

/** Where a tensor stands, for gradients and filters. */
export interface SettingPlace {
  /** As on the Hub (`model.layers.0.…`, `visual.blocks.0.…`). */
  readonly name: string;
  /** Within the part; null for what is in no layer: it takes the first value of a gradient, as in mergekit. */
  readonly layer: number | null;
  /** Layers of the part that the gradient runs over. */
  readonly numLayers: number;
}

/**
 * The value of a gradient at a layer: linear between its values, which are spread evenly from the first layer to the
 * last. Where there is but one layer it takes the last value, as in mergekit (`plan.py`).
 * @throws InputError when there is no value
 */
export function evaluateGradient(value: number | readonly number[], layer: number, numLayers: number): number {
  if (typeof value === 'number') return value;
  if (value.length === 0) throw new InputError('a gradient has no values', 'Give at least one.');
  const position = (numLayers > 1 ? layer / (numLayers - 1) : 1) * (value.length - 1);
  const index = Math.min(Math.floor(position), value.length - 1);
  const share = position - index;
  const from = value[index]!;
  return share === 0 ? from : (1 - share) * from + share * value[index + 1]!;
}

/** What a setting says of a tensor; undefined when no filter means it. */
export function evaluateSetting(setting: ParameterSetting, place: SettingPlace): number | boolean | undefined {
  const value = isValue(setting) ? setting : filteredValues(setting).find((own) => means(own, place.name))?.value;
  if (value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  return place.layer === null ? value[0] : evaluateGradient(value, place.layer, place.numLayers);
}

/** A setting as a list of filtered values. */
export function filteredValues(setting: ParameterSetting): readonly FilteredValue[] {
  if (isValue(setting)) return [{ value: setting }];
  return isFiltered(setting) ? [setting] : setting;
}

function isValue(setting: ParameterSetting): setting is GradientValue {
  if (typeof setting !== 'object') return true;
  return Array.isArray(setting) && setting.every((entry) => typeof entry === 'number');
}

function isFiltered(setting: FilteredValue | readonly FilteredValue[]): setting is FilteredValue {
  return !Array.isArray(setting);
}

function means({ filter }: FilteredValue, name: string): boolean {
  return filter === undefined || filter === '*' || name.includes(filter);
}
