import { InputError } from '../../shared/errors';
import { resolveRegions } from '../checkpoint/regions';
import type { Experiment } from './experiment';
import { kindOf, optionsOf } from './experimentFile';
import { resolveLayers } from './layers';
import type { Step } from './schema';

/**
 * Holds the regions of an experiment file and the layers of a step against a model.
 * @param numLayers decoder layers of the model
 * @throws InputError naming the file and the region or the step
 */
export function checkLayers({ file, content }: Experiment, step: Step, numLayers: number): void {
  naming(file, () => resolveRegions(content.regions, numLayers));
  const { layers } = step.swap ?? step.ablate ?? {};
  if (layers === undefined) return;
  naming(`${file}: ${kindOf(step)} step "${optionsOf(step).id}"`, () => resolveLayers(layers, numLayers));
}

/** What is wrong inside `place` is said with it. */
function naming(place: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${place}: ${error.message}`, error.mend, { cause: error });
  }
}
