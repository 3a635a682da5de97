/** An imported merge as a hybrid of the experiment file, where it can be one. */
import { InputError } from '../../../shared/errors';
import { quoteName } from '../../checkpoint/quoteName';
import type { ArithmeticSpec, ModelSpec } from '../methods/arithmeticSpec';
import type { MergeMethod } from '../methods/method';
import { methodByName } from '../methods/methods';
import { checkMerge } from '../methods/parameters';
import { filteredValues, type FilteredValue, type ParameterSetting, type ParameterSettings } from '../methods/settings';
import type { TransplantSpec } from '../transplant';
import type { ImportedMerge, ImportedModule, ModelDepths } from './importMergekit';
import { moduleNames } from './mergekitModules';
import { withoutGradients } from './projectorGradients';
import { transplantFromMergekit } from './transplantFromMergekit';

export type ImportedHybrid =
  | { readonly kind: 'transplant'; readonly spec: TransplantSpec; readonly traps: readonly string[] }
  | { readonly kind: 'arithmetic'; readonly spec: ArithmeticSpec; readonly traps: readonly string[] };

/**
 * A merge that gives every tensor one model's weights becomes a transplant, one that merges the whole models one
 * arithmetic hybrid.
 * @param nameOf the checkpoint's name for a path of the file
 * @throws InputError saying what a hybrid cannot express
 */
export function hybridFromMergekit(
  merge: ImportedMerge,
  depths: ModelDepths,
  nameOf: (path: string) => string,
): ImportedHybrid {
  for (const { name } of merge.modules) {
    if (name !== null && !(moduleNames as readonly string[]).includes(name)) {
      throw new InputError(`Qwen2.5-VL has no module ${quoteName(name)}`, `Its modules are ${moduleNames.join(', ')}.`);
    }
  }
  const transplant = transplantFromMergekit(merge, depths, nameOf);
  if (transplant) return { kind: 'transplant', ...transplant };
  const traps =
    merge.form === 'slices' ? ['The vision tower and the projector are merged in the same way as the decoder.'] : [];
  return { kind: 'arithmetic', spec: arithmeticFrom(merge, depths, nameOf), traps };
}

function arithmeticFrom(merge: ImportedMerge, depths: ModelDepths, nameOf: (path: string) => string): ArithmeticSpec {
  const method = methodByName(merge.method);
  const cannot = (what: string): InputError =>
    new InputError(`the mergekit file ${what}`, `A hybrid by ${method.name} merges whole models, all layers alike.`);
  const unnamed = moduleNames.filter((name) => !merge.modules.some((module) => module.name === name));
  if (merge.form === 'modules' && unnamed.length > 0) throw cannot(`does not merge ${unnamed.join(' and ')}`);
  for (const { name, slices } of merge.modules) {
    const [slice] = slices as [ImportedModule['slices'][number]];
    const count = name === 'vision_tower' ? depths.visionLayers : depths.numLayers;
    const isWhole = slice.sources.every(({ layers }) => layers === null || (layers[0] === 0 && layers[1] === count));
    if (slices.length > 1 || (!isWhole && name !== 'multi_modal_projector')) {
      throw cannot(`merges ${name ?? 'the model'} in slices by ${method.name}`);
    }
  }
  const [first, ...others] = merge.modules.map((module) => flattened(module, merge, method));
  for (const other of others) {
    const isProjector = other.name === 'multi_modal_projector' || first!.name === 'multi_modal_projector';
    if (comparable(other, isProjector) !== comparable(first!, isProjector)) {
      throw cannot(`merges ${other.name} otherwise than ${first!.name}`);
    }
  }
  const whole = merge.modules.findIndex(({ name }) => name !== 'multi_modal_projector');
  const { models, parameters, base } = [first!, ...others][Math.max(0, whole)]!;
  const spec: ArithmeticSpec = {
    method: method.name,
    ...(base !== null && method.base !== 'none' ? { base: nameOf(base) } : {}),
    models: models.map(({ model, settings }): ModelSpec => ({ ...settings, model: nameOf(model) })),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
  };
  checkMerge(method, spec.base !== undefined, { models: models.map(({ settings }) => settings), shared: [parameters] });
  return spec;
}

interface FlatModule {
  readonly name: string | null;
  readonly models: readonly { readonly model: string; readonly settings: ParameterSettings }[];
  readonly parameters: ParameterSettings;
  readonly base: string | null;
}

/** A module of one slice with its parameters in two scopes, the models' and the shared. */
function flattened(
  { name, slices, parameters }: ImportedModule,
  merge: ImportedMerge,
  method: MergeMethod,
): FlatModule {
  const [slice] = slices as [ImportedModule['slices'][number]];
  const base = slice.base ?? merge.base;
  const shared = [slice.parameters, parameters, merge.parameters];
  const models = slice.sources.filter(({ model }) => model !== base || method.base === 'none');
  return {
    name,
    base,
    models: models.map(({ model, parameters: own }) => ({ model, settings: known(method.perModel, [own]) })),
    parameters: known([...method.parameters, ...method.perModel], shared),
  };
}

/** The parameters that the method has, of the first scope that says something; what no filter means goes on to the next. */
function known(specs: MergeMethod['parameters'], settings: readonly ParameterSettings[]): ParameterSettings {
  const merged = specs.flatMap(({ name, kind }): [string, ParameterSetting][] => {
    const found = settings.flatMap((scope) => (scope[name] === undefined ? [] : [scope[name]]));
    if (found.length === 0) return [];
    const asKind = found.map((setting) => (kind === 'boolean' ? asBoolean(setting) : setting));
    return [[name, asKind.length === 1 ? asKind[0]! : chained(asKind)]];
  });
  return Object.fromEntries(merged);
}

/** One list of filtered values for several scopes. */
function chained(found: readonly ParameterSetting[]): ParameterSetting {
  const list: FilteredValue[] = [];
  for (const value of found.flatMap(filteredValues)) {
    list.push(value);
    if (value.filter === undefined || value.filter === '*') break;
  }
  return list.length === 1 && list[0]!.filter === undefined ? list[0]!.value : list;
}

/** mergekit reads truths as numbers. */
function asBoolean(setting: ParameterSetting): ParameterSetting {
  if (typeof setting === 'number') return setting !== 0;
  if (typeof setting !== 'object') return setting;
  const values = filteredValues(setting).map(({ filter, value }) => ({
    ...(filter === undefined ? {} : { filter }),
    value: typeof value === 'number' ? value !== 0 : value,
  }));
  return values.length === 1 && values[0]!.filter === undefined ? values[0]!.value : values;
}

function comparable({ models, parameters, base }: FlatModule, isProjector: boolean): string {
  const of = (settings: ParameterSettings): ParameterSettings => (isProjector ? withoutGradients(settings) : settings);
  return JSON.stringify([base, of(parameters), models.map(({ model, settings }) => [model, of(settings)])]);
}
