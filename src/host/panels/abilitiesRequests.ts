import * as z from 'zod';
import type { AbilitiesHostSurface } from '../../shared/protocol/abilities';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far longer than any name of a checkpoint or an ability, and than what anybody looks for. */
const longestText = 1024;
/** Far more items than a page shows. */
const mostItems = 500;

/** What the page of the Abilities panel may ask. */
export const checked = checkedBy(() => {
  const text = z.string().max(longestText);
  const place = z.int().min(0);
  const filter = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('transition'), a: text, b: text, cell: z.enum(['TT', 'TF', 'FT', 'FF']) }),
    z.object({ kind: z.literal('verdict'), checkpoint: text, right: z.boolean() }),
  ]);
  return {
    items: z
      .object({ ability: text, filter, search: text, from: place, to: place })
      .refine(({ from, to }) => to >= from && to - from <= mostItems),
    itemsNeeded: z.object({ difference: z.number().gt(0).max(1) }),
    save: exportRequest(),
  } satisfies { [K in keyof AbilitiesHostSurface]?: z.ZodType<AbilitiesHostSurface[K]['params']> };
});
