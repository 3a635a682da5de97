import * as z from 'zod';
import { runIdPattern } from '../../core/experiment/runId';
import type { TrainingHostSurface } from '../../shared/protocol/training';
import { checkedBy } from './checkedBy';
import { exportRequest } from './exportContent';

/** Far more runs than can be told apart. */
const mostRuns = 24;

/** What the page of the Training panel may ask. */
export const checked = checkedBy(() => {
  const runId = z.string().regex(runIdPattern);
  return {
    show: z.object({ runs: z.array(runId).max(mostRuns) }),
    samples: z.object({ run: runId, step: z.int().min(1) }),
    run: z.object({ run: runId }),
    cancel: z.object({ run: runId }),
    save: exportRequest(),
  } satisfies { [K in keyof TrainingHostSurface]?: z.ZodType<TrainingHostSurface[K]['params']> };
});
