import * as z from 'zod';
import { singleParts } from '../../shared/donorMap';
import type { MergeHostSurface } from '../../shared/protocol/merge';
import { components } from '../../shared/vocabulary';
import { checkedBy } from './checkedBy';

/** Far more places than a model has. */
const mostPlaces = 5000;
const mostHybrids = 100;
/** Characters and tokens: far more than anybody tries. */
const longestPrompt = 100_000;
const longestAnswer = 32_768;

/** What the page of the merge wizard may ask. */
export const checked = checkedBy(() => {
  const name = z.string().min(1).max(500);
  const list = z.tuple([name, name, name]);
  const count = z.int().min(0).max(10_000);
  const place = z.union([
    z.strictObject({
      part: z.enum(['vision', 'languageModel']),
      layer: count,
      component: z.enum(components).nullable(),
    }),
    z.strictObject({ part: z.enum(['skeleton', ...singleParts]) }),
  ]);
  const id = z.string().max(100);
  const hybrid = z.object({ hybrid: name });
  const value = z.union([z.number(), z.boolean(), z.array(z.number()).min(1).max(1000)]);
  const filtered = z.strictObject({ filter: z.string().max(500).optional(), value });
  const settings = z.record(z.string().max(100), z.union([value, filtered, z.array(filtered).min(1).max(100)]));
  const recipe = z.object({
    method: z.string().min(1).max(100),
    base: name.nullable(),
    models: z
      .array(z.object({ model: name, settings }))
      .min(1)
      .max(100),
    parameters: settings,
    seed: z.int().min(0).nullable(),
  });
  return {
    paint: z.object({ hybrid: name, donor: name, places: z.array(place).min(1).max(mostPlaces) }),
    preset: z.object({
      hybrid: name,
      preset: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('all'), donor: name }),
        z.object({ kind: z.literal('regions'), donors: list }),
        z.object({ kind: z.literal('alternate'), donors: z.tuple([name, name]) }),
      ]),
    }),
    add: z.object({
      hybrids: z
        .array(z.object({ name, donors: list }))
        .min(1)
        .max(mostHybrids),
    }),
    compute: z.object({ hybrid: name.nullable(), recipe }),
    duplicate: hybrid,
    rename: z.object({ hybrid: name, name }),
    remove: hybrid,
    copy: z.object({ hybrid: name, format: z.enum(['yaml', 'mergekit']) }),
    try: z.object({
      hybrid: name,
      prompt: z.string().min(1).max(longestPrompt),
      image: id.nullable(),
      maxNewTokens: z.int().min(1).max(longestAnswer),
    }),
    triedImage: z.object({ tried: id }),
    restore: z.object({ tried: id }),
    evaluate: hybrid,
    write: z.object({ hybrid: name, output: z.string().min(1).max(4096) }),
    cancelWrite: z.object({ step: id }),
    showWritten: z.object({ step: id }),
    openFile: z.object({ hybrid: name.nullable() }),
  } satisfies { [K in keyof MergeHostSurface]?: z.ZodType<MergeHostSurface[K]['params']> };
});
