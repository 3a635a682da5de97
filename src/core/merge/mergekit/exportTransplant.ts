/**
 * A transplant for mergekit: passthrough where it can say the same, else linear with weights of 0 and 1 by filter.
 * Passthrough takes the embeddings from the donor of the first layer, the final norm and the head from that of the last.
 */
import { components, type Component, type Part } from '../../../shared/vocabulary';
import { resolveTransplant, type TransplantSpec } from '../transplant';
import type { ExportOptions, MergekitContent } from './exportMergekit';
import { layerRuns } from './layerRanges';
import { projectorLayers } from './mergekitModules';

/** Donors of what stands before, in and after the layers of a module. */
interface Stack {
  readonly layers: readonly (readonly string[])[]; // by component
  readonly before: readonly { readonly filter: string; readonly donor: string }[];
  readonly after: readonly { readonly filter: string; readonly donor: string }[];
  readonly filters: Readonly<Record<Component, string>>;
}

const zeroTrap =
  'Passthrough cannot say this hybrid (its embeddings come with the first layer, final norm and head with the last, and ' +
  'layers whole): the file is linear with weights 0 and 1, which gives the same numbers but reads every donor.';

export function exportTransplant(spec: TransplantSpec, options: ExportOptions): MergekitContent {
  const { numLayers, visionLayers, pathOf, dtype } = options;
  const { skeleton, donorOf } = resolveTransplant(spec, options);
  const layersOf = (part: Part, count: number): string[][] =>
    Array.from({ length: count }, (_, layer) => components.map((component) => donorOf({ part, layer, component })));
  const single = (part: Part, component: Component | null = null): string => donorOf({ part, layer: null, component });
  const decoder: Stack = {
    layers: layersOf('languageModel', numLayers),
    before: [{ filter: 'embed_tokens', donor: single('embeddings') }],
    after: [
      { filter: 'model.norm', donor: single('languageModel', 'norm') },
      { filter: 'lm_head', donor: single('head') },
    ],
    filters: { attention: 'self_attn', mlp: '.mlp.', norm: 'layernorm' },
  };
  const tower: Stack = {
    layers: layersOf('vision', visionLayers),
    before: [{ filter: 'patch_embed', donor: single('vision') }],
    after: [],
    filters: { attention: '.attn.', mlp: '.mlp.', norm: '.norm' },
  };
  const projector = single('projector', 'mlp');
  const isPlain = isPassthrough(decoder) && isPassthrough(tower);
  const slices = isPlain ? passthroughSlices : weightedSlices;
  const source = { model: pathOf(projector), layer_range: [0, projectorLayers] };
  return {
    content: {
      merge_method: isPlain ? 'passthrough' : 'linear',
      base_model: pathOf(skeleton),
      dtype,
      modules: {
        text_decoder: { slices: slices(decoder, pathOf) },
        multi_modal_projector: { slices: [{ sources: [isPlain ? source : { ...source, parameters: { weight: 1 } }] }] },
        vision_tower: { slices: slices(tower, pathOf) },
      },
    },
    traps: isPlain ? [] : [zeroTrap],
  };
}

/** Whether the donor of every whole layer gives what stands beside it. */
function isPassthrough({ layers, before, after }: Stack): boolean {
  const whole = layers.every((donors) => donors.every((donor) => donor === donors[0]));
  const gives = (layer: readonly string[] | undefined, others: Stack['before']): boolean =>
    others.every(({ donor }) => donor === layer?.[0]);
  return whole && gives(layers[0], before) && gives(layers.at(-1), after);
}

function passthroughSlices({ layers }: Stack, pathOf: (name: string) => string): object[] {
  return layerRuns(layers).map(({ from, to, donors }) => ({
    sources: [{ model: pathOf(donors[0]!), layer_range: [from, to] }],
  }));
}

/** Every slice has all donors of the module, in one order: mergekit zips those of the first and of the last. */
function weightedSlices({ layers, before, after, filters }: Stack, pathOf: (name: string) => string): object[] {
  const beside = [...before, ...after].map(({ donor }) => donor);
  const models = [...new Set([...beside, ...layers.flat()])];
  const runs = layerRuns(layers);
  return runs.map(({ from, to, donors }, i) => ({
    sources: models.map((model) => {
      const others = [...(i === 0 ? before : []), ...(i === runs.length - 1 ? after : [])];
      const inLayers = components.map((component, k) => ({ filter: filters[component], donor: donors[k]! }));
      const weights = [...others, ...inLayers].map(({ filter, donor }) => ({ filter, value: donor === model ? 1 : 0 }));
      return { model: pathOf(model), layer_range: [from, to], parameters: { weight: shortest(weights) } };
    }),
  }));
}

/** One value where all agree; else those that are 1 by filter, and 0 for the others. */
function shortest(weights: readonly { filter: string; value: number }[]): unknown {
  const [first] = weights;
  if (weights.every(({ value }) => value === first!.value)) return first!.value;
  return [...weights.filter(({ value }) => value === 1), { value: 0 }];
}
