import * as z from 'zod';
import { runIdPattern } from '../../core/experiment/runId';
import { InputError } from '../../shared/errors';
import type { ProbeHostSurface } from '../../shared/protocol/probe';
import { largestExport } from './exportContent';

/** What the page may ask, checked: nobody vouches for a message. */

const runId = z.string().regex(runIdPattern);
const place = z.int().min(0);
/** Far more runs than can be told apart. */
const mostRuns = 24;
/** Far more pairs than a page shows. */
const mostItems = 500;

const schemas = {
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
  save: z.object({ format: z.enum(['png', 'svg', 'csv']), content: z.string().max(largestExport) }),
} satisfies { [K in keyof ProbeHostSurface]?: z.ZodType<ProbeHostSurface[K]['params']> };

/** The parameters of a call, known to be what they should be. @throws InputError */
export function checked<K extends keyof typeof schemas>(call: K, params: unknown): ProbeHostSurface[K]['params'] {
  const { success, data } = schemas[call].safeParse(params);
  if (!success) throw new InputError(`the page asked "${call}" with parameters that are none`);
  return data as ProbeHostSurface[K]['params'];
}
