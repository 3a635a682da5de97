import * as z from 'zod';
import type { ReasoningHostSurface } from '../../shared/protocol/reasoning';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far more items than a page shows. */
const mostItems = 500;

/** What the page of the Reasoning panel may ask. */
export const checked = checkedBy(() => {
  const place = z.int().min(0);
  return {
    items: z
      .object({
        part: z.enum(['vision', 'languageModel']),
        layer: place,
        only: z.enum(['all', 'lost', 'gained']),
        from: place,
        to: place,
      })
      .refine(({ from, to }) => to >= from && to - from <= mostItems),
    save: exportRequest(),
  } satisfies { [K in keyof ReasoningHostSurface]?: z.ZodType<ReasoningHostSurface[K]['params']> };
});
