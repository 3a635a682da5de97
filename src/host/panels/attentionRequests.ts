import * as z from 'zod';
import type { AttentionHostSurface } from '../../shared/protocol/attention';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far longer than any item's id. */
const longestId = 1024;

/** What the page of the Attention panel may ask. */
export const checked = checkedBy(() => {
  return {
    save: exportRequest(),
    item: z.object({ id: z.string().max(longestId) }),
  } satisfies { [K in keyof AttentionHostSurface]?: z.ZodType<AttentionHostSurface[K]['params']> };
});
