import { filteredValues, type ParameterSetting, type ParameterSettings } from '../methods/settings';

/** Settings with the first value of every gradient: what the projector takes, which stands in no layer. */
export function withoutGradients(settings: ParameterSettings): ParameterSettings {
  const flat = Object.entries(settings).flatMap(([name, setting]): [string, ParameterSetting][] =>
    setting === undefined ? [] : [[name, first(setting)]],
  );
  return Object.fromEntries(flat);
}

function first(setting: ParameterSetting): ParameterSetting {
  const values = filteredValues(setting).map((own) => ({
    ...own,
    value: typeof own.value === 'object' ? own.value[0]! : own.value,
  }));
  return values.length === 1 && values[0]!.filter === undefined ? values[0]!.value : values;
}

export function hasGradient(settings: ParameterSettings): boolean {
  return Object.values(settings).some(
    (setting) => setting !== undefined && filteredValues(setting).some(({ value }) => typeof value === 'object'),
  );
}
