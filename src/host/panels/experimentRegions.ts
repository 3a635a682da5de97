import { resolveRegions } from '../../core/checkpoint/regions';
import type { Experiment } from '../../core/experiment/experiment';
import type { Regions } from '../../shared/vocabulary';

/** How an experiment cuts so many layers; null where it does not fit them, which the file's diagnostics say. */
export function regionsIn(experiment: Experiment | null, numLayers: number): Regions | null {
  try {
    return experiment && resolveRegions(experiment.content.regions, numLayers);
  } catch {
    return null;
  }
}
