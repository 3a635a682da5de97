import { InputError } from '../../shared/errors';
import type { Regions } from '../../shared/vocabulary';
import { resolveRegions, type RegionSpec } from '../checkpoint/regions';
import type { Log } from '../ports';
import type { NamedPhase } from './planCompare';

/** The regions of the decoder layers; null, and said so, where the checkpoints cannot be divided so. */
export function regionsOfPhases(spec: RegionSpec, phases: readonly NamedPhase[], log: Log): Regions | null {
  const layers = Math.max(...phases.map(({ toCheckpoint }) => toCheckpoint.config.numLayers));
  if (layers === 0) return null;
  try {
    return resolveRegions(spec, layers);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    log.warn(`no regions are told: ${error.message}`);
    return null;
  }
}
