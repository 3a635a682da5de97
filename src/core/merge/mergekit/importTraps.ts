/** What a mergekit file does that its reader may not expect, and where this product does otherwise. A sentence each. */
import { quoteName } from '../../checkpoint/quoteName';
import { nearest } from '../../experiment/explainIssue';
import type { FilePath } from '../../experiment/experimentFile';
import type { MergeMethod } from '../methods/method';
import { methodByName } from '../methods/methods';
import { filteredValues, type ParameterSetting, type ParameterSettings } from '../methods/settings';
import type { ImportedMerge, ImportedModule, ModelDepths } from './importMergekit';
import { moduleNames } from './mergekitModules';
import { isGiven, mergekitKeys, type MergekitFile } from './mergekitSchema';

/** Parameters of mergekit that change how it computes, not what. */
const inertParameters = ['int8_mask'];

export function unknownKeyTrap(key: string, path: FilePath): string {
  const near = nearest(key, mergekitKeys);
  const meant = near ? ` (did you mean ${near}?)` : '';
  const where = path.length > 0 ? ` under ${quoteName(path.join('.')).slice(1, -1)}` : '';
  return `Unknown key ${quoteName(key)}${where}${meant}: mergekit ignores it without a word; it was left out here.`;
}

export function trapsOf(merge: ImportedMerge, file: MergekitFile, depths: ModelDepths | null): string[] {
  const method = methodByName(merge.method);
  return [
    ...formTraps(merge),
    ...moduleTraps(merge),
    ...layerTraps(merge, depths),
    ...gradientTraps(merge),
    ...parameterTraps(merge, method),
    ...baseTraps(merge, method),
    ...fileTraps(merge, method),
    ...residualTraps(file),
  ];
}

function formTraps({ form }: ImportedMerge): string[] {
  if (form !== 'slices') return [];
  return [
    'The file has slices at the top: mergekit refuses that for a vision-language model and wants modules; here the ' +
      'slices are those of the decoder.',
  ];
}

function moduleTraps({ form, modules, method }: ImportedMerge): string[] {
  const traps: string[] = [];
  const named = new Set(modules.map(({ name }) => name));
  const known = new Set<string>(moduleNames);
  for (const name of named) {
    if (name === null || known.has(name)) continue;
    traps.push(
      `Qwen2.5-VL has no module ${quoteName(name)}: mergekit stops there. Its modules are ${moduleNames.join(', ')}.`,
    );
  }
  if (form === 'modules') {
    for (const name of moduleNames.filter((candidate) => !named.has(candidate))) {
      traps.push(
        `The module ${name} is not named: mergekit writes none of its tensors and does not say so; here they come ` +
          'from the skeleton.',
      );
    }
  }
  for (const { name, slices } of modules) {
    const [first, last] = [slices[0]!, slices.at(-1)!];
    const differs =
      first.sources.map(({ model }) => model).join('\n') !== last.sources.map(({ model }) => model).join('\n');
    if (name === 'text_decoder' && slices.length > 1 && differs) {
      traps.push(
        'mergekit takes the embeddings from the sources of the first slice, the final norm and the head from those of ' +
          'the last; a hybrid of three donors (the paper) takes them all from the first.',
      );
    }
    if (first.sources.length !== last.sources.length) {
      traps.push(
        `The first slice of ${name ?? 'the model'} has ${first.sources.length} sources, the last ${last.sources.length}: ` +
          'for the final norm and the head mergekit drops the surplus without a word.',
      );
    }
    if (method === 'passthrough') {
      const many = slices.findIndex(({ sources }) => sources.length !== 1);
      if (many >= 0) traps.push(`passthrough takes one source; slice ${many} of ${name ?? 'the model'} has more.`);
    }
  }
  return traps;
}

function layerTraps({ modules }: ImportedMerge, depths: ModelDepths | null): string[] {
  if (!depths) return [];
  return modules.flatMap(({ name, slices }) => {
    const count = name === 'vision_tower' ? depths.visionLayers : depths.numLayers;
    if (name !== 'vision_tower' && name !== 'text_decoder') return [];
    const beyond = slices.flatMap(({ sources }) =>
      sources.filter(({ layers }) => layers !== null && layers[1] > count),
    );
    return beyond.map(
      ({ model, layers }) =>
        `${name}: [${layers!.join(', ')}] of ${quoteName(model)} goes past its ${count} layers: mergekit finds no such tensor.`,
    );
  });
}

/** Every place where parameters stand, with the words for it. */
function* scopes(merge: ImportedMerge): Generator<{ settings: ParameterSettings; isSource: boolean; where: string }> {
  yield { settings: merge.parameters, isSource: false, where: 'parameters' };
  for (const { name, parameters, slices } of merge.modules) {
    const where = name === null ? '' : `${name}, `;
    yield { settings: parameters, isSource: false, where: `${where}parameters` };
    for (const { parameters: ofSlice, sources } of slices) {
      yield { settings: ofSlice, isSource: false, where: `${where}parameters of a slice` };
      for (const { model, parameters: own } of sources) {
        yield { settings: own, isSource: true, where: `${where}parameters of ${quoteName(model)}` };
      }
    }
  }
}

function gradientTraps(merge: ImportedMerge): string[] {
  const hasGradient = [...scopes(merge)].some(({ settings }) => Object.values(settings).some(isGradient));
  if (!hasGradient) return [];
  const traps = [
    'A gradient: embeddings, final norm, head and whatever else stands in no layer take its first value, the head too.',
  ];
  const sliced = merge.modules.filter(({ slices }) => slices.length > 1);
  if (sliced.length > 0)
    traps.push('Gradients run over each slice from its first layer to its last, not over the model.');
  if (sliced.some(({ slices }) => slices.some(hasOneLayer))) {
    traps.push('In a slice of one layer a gradient has its last value.');
  }
  if (merge.modules.some(({ name }) => name === null || name === 'multi_modal_projector')) {
    traps.push(
      'mergekit plans the tensors of the projector twice, with the first and with the last value of a gradient; here ' +
        'they take the first.',
    );
  }
  return traps;
}

function hasOneLayer({ sources }: ImportedModule['slices'][number]): boolean {
  const { layers } = sources[0]!;
  return layers !== null && layers[1] - layers[0] === 1;
}

function isGradient(setting: ParameterSetting | undefined): boolean {
  return setting !== undefined && filteredValues(setting).some(({ value }) => Array.isArray(value) && value.length > 1);
}

function parameterTraps(merge: ImportedMerge, method: MergeMethod): string[] {
  const global = method.parameters.map(({ name }) => name);
  const ofModels = method.perModel.map(({ name }) => name);
  const traps: string[] = [];
  for (const { settings, isSource, where } of scopes(merge)) {
    for (const [name, setting] of Object.entries(settings)) {
      if (inertParameters.includes(name)) {
        traps.push(`${name} changes how mergekit computes, not what; it has no effect here.`);
      } else if (isSource && global.includes(name)) {
        traps.push(
          `${name} is a parameter of the whole merge: among the ${where} mergekit does not read it; left out.`,
        );
      } else if (!global.includes(name) && !ofModels.includes(name)) {
        traps.push(
          `${method.name} has no parameter ${quoteName(name)} (${where}): mergekit does not read it; left out.`,
        );
      }
      if (typeof setting === 'object' && 'value' in setting) {
        traps.push(`${name}: a single {filter, value} stops mergekit, which wants a list; read as a list of one here.`);
      }
    }
  }
  return [...new Set(traps)];
}

function baseTraps({ base, modules, form, models }: ImportedMerge, method: MergeMethod): string[] {
  const traps: string[] = [];
  const isAdded = modules.some(({ slices }) =>
    slices.some(({ sources }) => sources[0]!.layers === null && !sources.some(({ model }) => model === base)),
  );
  if (method.base === 'none' && base !== null && isAdded) {
    traps.push(
      `mergekit adds base_model to the models, where ${method.name} cannot take it, and stops; here it gives the ` +
        'configuration and the tokenizer only.',
    );
  }
  if (base === null && models.length > 1) {
    traps.push(
      'There is no base_model: mergekit copies configuration and tokenizer from any of the models, not always the same; ' +
        'here they come from the skeleton.',
    );
  }
  if (
    form !== 'models' &&
    modules.some(({ slices }) => slices.some((slice) => slice.base !== null && slice.base !== base))
  ) {
    traps.push('A slice has a base_model of its own, which counts in that slice alone.');
  }
  return traps;
}

function fileTraps({ tokenizerKeys, models, dtype }: ImportedMerge, method: MergeMethod): string[] {
  const traps: string[] = [];
  if (tokenizerKeys.length > 0) {
    traps.push(
      `${tokenizerKeys.join(' and ')}: not done here; tokenizer and chat template are the skeleton's, and vocabularies ` +
        'must be of one size.',
    );
  }
  for (const { path, revision } of models) {
    if (revision === null) continue;
    traps.push(`${quoteName(path)} is meant in revision ${quoteName(revision)}: see that the folder holds it.`);
  }
  if (method.name !== 'passthrough') {
    traps.push(
      `mergekit computes in ${dtype ?? "the models' dtype"}; here it is float64, rounded once, so that the last digits differ.`,
    );
  }
  if (method.mergekitDifferences) traps.push(`${method.name}: ${method.mergekitDifferences}`);
  return traps;
}

function residualTraps({ slices, modules }: MergekitFile): string[] {
  const all = [slices ?? [], ...Object.values(modules ?? {}).map((module) => module.slices ?? [])].flat();
  return all.some(({ residual_weight: weight }) => isGiven(weight))
    ? ['residual_weight: mergekit reads it and does nothing with it.']
    : [];
}
