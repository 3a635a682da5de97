import * as z from 'zod';
import type { UpdatesHostSurface } from '../../shared/protocol/updates';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far longer than any tensor's name. */
const longestName = 1024;

/** What the page of the Updates panel may ask. */
export const checked = checkedBy(() => {
  return {
    save: exportRequest(),
    reveal: z.object({ phase: z.int().min(0), side: z.enum(['from', 'to']), name: z.string().max(longestName) }),
  } satisfies { [K in keyof UpdatesHostSurface]?: z.ZodType<UpdatesHostSurface[K]['params']> };
});
