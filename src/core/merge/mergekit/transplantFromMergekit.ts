/** A merge that gives every tensor one model's weights, as a transplant: slices of passthrough, or weights of 0 and 1. */
import { InputError } from '../../../shared/errors';
import { components } from '../../../shared/vocabulary';
import { methodByName } from '../methods/methods';
import { parametersFor } from '../methods/parameters';
import type { LayerDonors, TransplantSpec } from '../transplant';
import type { ImportedMerge, ImportedModule, ImportedSlice, ModelDepths } from './importMergekit';
import {
  decoderLayerNames,
  embeddingsName,
  finalNormName,
  headName,
  patchName,
  projectorNames,
  visionLayerNames,
} from './mergekitModules';
import { layerRanges } from './layerRanges';

type NameOf = (path: string) => string;

/** Thrown where a tensor is no single model's as it is. */
class NoTransplant extends Error {}

/**
 * @returns null when tensors are computed: mixed from several models, or scaled
 * @throws InputError when a passthrough does what a hybrid cannot
 */
export function transplantFromMergekit(
  merge: ImportedMerge,
  depths: ModelDepths,
  nameOf: NameOf,
): { spec: TransplantSpec; traps: string[] } | null {
  if (merge.method !== 'passthrough' && merge.method !== 'linear') return null;
  try {
    return transplantOf(merge, depths, nameOf);
  } catch (error) {
    if (error instanceof NoTransplant) return null;
    throw error;
  }
}

function transplantOf(
  merge: ImportedMerge,
  { numLayers, visionLayers }: ModelDepths,
  nameOf: NameOf,
): { spec: TransplantSpec; traps: string[] } {
  const moduleOf = (name: string): ImportedModule | undefined =>
    merge.modules.find((module) => module.name === name || module.name === null);
  const decoder = moduleOf('text_decoder');
  const [projector, tower] = [moduleOf('multi_modal_projector'), moduleOf('vision_tower')];
  if (!decoder) throw new InputError('the mergekit file has no text_decoder', 'Name it under modules.');
  const donor = (module: ImportedModule, slice: ImportedSlice, name: string): string =>
    nameOf(donorOf(merge, module, slice, name, null, 1));

  const [first, last] = [decoder.slices[0]!, decoder.slices.at(-1)!];
  const skeleton = donor(decoder, last, finalNormName);
  const embeddings = donor(decoder, first, embeddingsName);
  const head = donor(decoder, last, headName);
  const ofPart = {
    embeddings,
    head,
    vision: tower ? donor(tower, tower.slices[0]!, patchName) : skeleton,
    projector: projector ? projectorDonor(merge, projector, nameOf) : skeleton,
  };
  const layers = layerDonors(merge, decoder, numLayers, decoderLayerNames, nameOf);
  const inTower = tower ? layerDonors(merge, tower, visionLayers, visionLayerNames, nameOf) : [];
  const decoderRanges = layerRanges(layers, skeleton);
  const towerRanges = layerRanges(inTower, ofPart.vision);
  const named = Object.entries(ofPart).filter(([, own]) => own !== skeleton);
  const base = merge.base === null ? null : nameOf(merge.base);
  return {
    spec: {
      skeleton,
      ...(Object.keys(decoderRanges).length > 0 ? { layers: decoderRanges } : {}),
      ...(Object.keys(towerRanges).length > 0 ? { visionLayers: towerRanges } : {}),
      ...Object.fromEntries(named),
    },
    traps:
      base === null || base === skeleton
        ? []
        : [
            `The final norm comes from ${skeleton}, which is therefore the skeleton: configuration, tokenizer and ` +
              `template are its own too, where mergekit takes those of base_model, ${base}.`,
          ],
  };
}

function projectorDonor(merge: ImportedMerge, module: ImportedModule, nameOf: NameOf): string {
  const donors = new Set(
    module.slices.flatMap((slice) => projectorNames.map((name) => donorOf(merge, module, slice, name, null, 1))),
  );
  if (donors.size > 1) throw new InputError('the mergekit file takes the projector from several models');
  return nameOf([...donors][0]!);
}

/** The donor of each layer, or of its components. */
function layerDonors(
  merge: ImportedMerge,
  module: ImportedModule,
  count: number,
  namesOf: typeof decoderLayerNames,
  nameOf: NameOf,
): (string | LayerDonors)[] {
  const what = module.name ?? 'the model';
  const donors: (string | LayerDonors)[] = [];
  for (const slice of module.slices) {
    const ranges = slice.sources.map(({ layers }) => layers ?? ([0, count] as const));
    const [from, to] = ranges[0]!;
    for (const [start, end] of ranges) {
      if (end > count)
        throw new InputError(`the mergekit file takes layers up to ${end} of ${what}, which has ${count}`);
      if (start !== donors.length || end - start !== to - from) {
        throw new InputError(
          `the mergekit file puts layers ${start} to ${end - 1} of ${what} at layer ${donors.length}`,
          'In a hybrid every layer keeps its place: no layer is repeated, moved or left out.',
        );
      }
    }
    for (let layer = from; layer < to; layer++) {
      const own = components.map((component) => {
        const given = new Set(
          namesOf(layer)[component].map((name) => donorOf(merge, module, slice, name, layer - from, to - from)),
        );
        if (given.size === 1) return [component, nameOf([...given][0]!)] as const;
        throw new InputError(
          `the mergekit file takes the ${component} of layer ${layer} of ${what} from several models`,
        );
      });
      const isOne = own.every(([, name]) => name === own[0]![1]);
      donors.push(isOne ? own[0]![1] : Object.fromEntries(own));
    }
  }
  if (donors.length === count) return donors;
  throw new InputError(
    `the mergekit file makes ${what} ${donors.length} layers deep, the models have ${count}`,
    'In a hybrid every layer keeps its place: no layer is repeated, moved or left out.',
  );
}

/**
 * The path of the model whose weights a tensor has.
 * @param layer within the slice, of so many
 */
function donorOf(
  merge: ImportedMerge,
  module: ImportedModule,
  { sources, parameters }: ImportedSlice,
  name: string,
  layer: number | null,
  numLayers: number,
): string {
  const settings = {
    models: sources.map((source) => source.parameters),
    shared: [parameters, module.parameters, merge.parameters],
  };
  const place = { name, layer, numLayers };
  const { perModel, parameters: whole } = parametersFor(methodByName(merge.method), settings, place);
  if (merge.method === 'passthrough') {
    if (sources.length !== 1)
      throw new InputError(`the mergekit file gives passthrough ${sources.length} sources for ${name}`);
    if (perModel[0]!['scale'] !== 1) throw new NoTransplant();
    return sources[0]!.model;
  }
  const taken = perModel.flatMap(({ weight }, i) => (weight === 0 ? [] : [{ weight, model: sources[i]!.model }]));
  const [only] = taken;
  if (taken.length !== 1 || !(whole['normalize'] || only!.weight === 1)) throw new NoTransplant();
  return only!.model;
}
