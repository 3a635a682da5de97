import * as z from 'zod';
import { runIdPattern } from '../../core/experiment/runId';
import type { ProbeHostSurface } from '../../shared/protocol/probe';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far more runs than can be told apart. */
const mostRuns = 24;
/** Far more pairs than a page shows. */
const mostItems = 500;

/** What the page of the Probe panel may ask. */
export const checked = checkedBy(() => {
  const runId = z.string().regex(runIdPattern);
  const place = z.int().min(0);
  return {
    show: z.object({ runs: z.array(runId).max(mostRuns) }),
    items: z
      .object({
        run: runId,
        function: z.string().max(255),
        layer: place,
        only: z.enum(['all', 'changed', 'adopted']),
        from: place,
        to: place,
      })
      .refine(({ from, to }) => to >= from && to - from <= mostItems),
    run: z.object({ run: runId }),
    cancel: z.object({ run: runId }),
    save: exportRequest(),
  } satisfies { [K in keyof ProbeHostSurface]?: z.ZodType<ProbeHostSurface[K]['params']> };
});
