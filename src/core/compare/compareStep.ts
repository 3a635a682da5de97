/** The `compare` step: what training changed, phase by phase. */
import type { CompareRow } from '../../shared/compareResults';
import type { CompareOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { stepSidecars } from '../experiment/stepSidecars';
import { regionsOfPhases } from './phaseRegions';
import { planCompare } from './planCompare';
import { spectraWith } from './tensorSpectra';

/** @throws InputError when a checkpoint cannot be read, or two have no tensor in common */
export async function planCompareStep(options: CompareOptions, context: StepContext): Promise<StepPlan> {
  const { experiment, weights, log } = context;
  const phases = await Promise.all(
    options.phases.map(async ([from, to]) => {
      const [fromCheckpoint, toCheckpoint] = await Promise.all([from, to].map((name) => context.openCheckpoint(name)));
      return { from, to, fromCheckpoint: fromCheckpoint!, toCheckpoint: toCheckpoint! };
    }),
  );
  const regions = regionsOfPhases(experiment.content.regions, phases, log);
  const spectra = options.spectrum ? spectraWith(weights) : null;
  const plan = planCompare(phases, regions, { meter: weights.meter, spectra, log });
  const sidecars = await stepSidecars(experiment, options.phases.flat(), log);
  const shards = phases.flatMap(({ fromCheckpoint, toCheckpoint }) => [fromCheckpoint, toCheckpoint]);
  const files = new Set(shards.flatMap((checkpoint) => checkpoint.shards.map(({ path }) => path)));
  return {
    version: 1,
    options: { phases: options.phases, spectrum: options.spectrum, regions },
    inputs: [...files].map((path) => ({ path, kind: 'weights' as const })),
    unit: 'tensors',
    // A tensor counts in every phase: a finished run counts its rows.
    batches: plan.batches.map(({ keys }) => ({ units: keys.length, keys })),
    facts: { ...plan.facts },
    sidecars,
    memory: {
      mapped: 0,
      working: plan.working,
      advice: 'Compare without "spectrum", or on a machine with more memory.',
    },
    runBatch: (batch, signal) => plan.runBatch(batch, signal),
    ...(spectra ? { previewBatch: (batch: number, signal: AbortSignal) => plan.previewBatch(batch, signal) } : {}),
    summarise: (rows) => ({ ...plan.summarise(rows as readonly CompareRow[]) }),
  };
}
