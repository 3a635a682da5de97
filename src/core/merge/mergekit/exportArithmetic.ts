/** A hybrid by arithmetic for mergekit: the same models and parameters in every module. */
import type { ArithmeticSpec } from '../methods/arithmeticSpec';
import { settingsOf } from '../methods/arithmeticSpec';
import { methodByName } from '../methods/methods';
import { checkMerge } from '../methods/parameters';
import type { ParameterSettings } from '../methods/settings';
import type { ExportOptions, MergekitContent } from './exportMergekit';
import { moduleNames } from './mergekitModules';
import { hasGradient, withoutGradients } from './projectorGradients';

export function exportArithmetic(spec: ArithmeticSpec, { pathOf, dtype }: ExportOptions): MergekitContent {
  const method = methodByName(spec.method);
  const settings = settingsOf(spec);
  checkMerge(method, spec.base !== undefined, settings);
  const parameters = settings.shared[0]!;
  const inModule = (own: (settings: ParameterSettings) => ParameterSettings): object => ({
    models: spec.models.map(({ model }, i) => ({
      model: pathOf(model),
      ...parametersKey(own(settings.models[i]!)),
    })),
    ...parametersKey(own(parameters)),
  });
  // mergekit gives the projector two layers, and each of its tensors the values of both.
  const flat = [parameters, ...settings.models].some(hasGradient);
  const modules = moduleNames.map((name) => [
    name,
    inModule(flat && name === 'multi_modal_projector' ? withoutGradients : (own) => own),
  ]);
  // Where the base takes no part, base_model only says whose configuration and tokenizer are copied.
  const base = spec.base ?? (method.base === 'none' ? spec.models[0]!.model : undefined);
  const isCopy = method.name === 'passthrough';
  return {
    content: {
      merge_method: method.name,
      ...(base === undefined ? {} : { base_model: pathOf(base) }),
      ...(isCopy ? { dtype } : { dtype: 'float32', out_dtype: dtype }),
      modules: Object.fromEntries(modules) as object,
    },
    traps: [
      ...(isCopy ? [] : ['mergekit computes in float32, the hybrid in float64: the last digits may differ.']),
      ...(method.seeded
        ? [`${method.name} draws by mergekit's own generator (--random-seed): as many entries, but others.`]
        : []),
      ...(method.mergekitDifferences ? [`${method.name}: ${method.mergekitDifferences}`] : []),
      ...(base === undefined
        ? ['Without a base_model mergekit copies configuration and tokenizer from any of the models.']
        : []),
    ],
  };
}

function parametersKey(settings: ParameterSettings): object {
  const given = Object.entries(settings).filter(([, setting]) => setting !== undefined);
  return given.length > 0 ? { parameters: Object.fromEntries(given) as object } : {};
}
