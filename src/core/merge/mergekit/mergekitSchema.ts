/** The grammar of mergekit's files (`mergekit/config.py`). */
import * as z from 'zod';
import { once } from '../../../shared/once';
import { modelReferenceSchema } from './modelReference';

/** pydantic takes null for what is left out. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function buildMergekitSchema() {
  const model = modelReferenceSchema();
  const value = z.union([z.number(), z.boolean(), z.array(z.number()).min(1)]);
  const filtered = z.strictObject({
    filter: z
      .string()
      .nullish()
      .transform((own) => own ?? undefined),
    value,
  });
  const setting = z.union([value, filtered, z.array(filtered).min(1)], {
    error: 'a parameter is a value, a list of numbers, or a list of {filter, value}',
  });
  const parameters = z.record(z.string(), setting).nullish();
  const layer = z.int().min(0);
  const range = z
    .tuple([layer, layer], { error: 'layer_range is two layers: [from, to]' })
    .refine(([from, to]) => from < to, 'layer_range holds no layer: it is half-open, [from, to]');
  const source = z.strictObject({ model, layer_range: range, parameters });
  const slice = z.strictObject({
    sources: z.array(source).min(1),
    base_model: model.nullish(),
    residual_weight: z.number().nullish(),
    parameters,
  });
  const models = z.array(z.strictObject({ model, parameters })).min(1);
  const slices = z.array(slice).min(1);
  const oneForm = (forms: readonly unknown[]): boolean => forms.filter(isGiven).length === 1;
  const module = z
    .strictObject({ slices: slices.nullish(), models: models.nullish(), parameters })
    .refine((own) => oneForm([own.slices, own.models]), 'a module has either slices or models');
  return z
    .strictObject({
      merge_method: z.string().min(1),
      base_model: model.nullish(),
      dtype: z.string().nullish(),
      out_dtype: z.string().nullish(),
      parameters,
      models: models.nullish(),
      slices: slices.nullish(),
      modules: z.record(z.string(), module).nullish(),
      tokenizer: z.looseObject({}).nullish(),
      tokenizer_source: z.union([z.string(), z.looseObject({})]).nullish(),
      chat_template: z.string().nullish(),
    })
    .refine((own) => oneForm([own.models, own.slices, own.modules]), 'a merge has one of models, slices and modules');
}

export const mergekitSchema = once(buildMergekitSchema);

export type MergekitFile = z.infer<ReturnType<typeof buildMergekitSchema>>;
export type RawModule = NonNullable<MergekitFile['modules']>[string];
export type RawSettings = NonNullable<MergekitFile['parameters']>;

/** Every key of the grammar, for who misspells one. */
export const mergekitKeys = [
  'merge_method',
  'base_model',
  'dtype',
  'out_dtype',
  'parameters',
  'models',
  'slices',
  'modules',
  'tokenizer',
  'tokenizer_source',
  'chat_template',
  'sources',
  'residual_weight',
  'layer_range',
  'model',
];
