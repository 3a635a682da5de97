import type { Checkpoint } from '../../checkpoint/checkpoint';
import { resolveRegions, type RegionSpec } from '../../checkpoint/regions';
import { donorsOfArithmetic, planArithmetic } from '../../merge/arithmeticPlan';
import { composeHybrid } from '../../merge/hybrid';
import { isArithmetic } from '../../merge/openNamed';
import {
  resolveTransplant,
  skeletonOf,
  type Depths,
  type Transplant,
  type TransplantSpec,
} from '../../merge/transplant';
import { describeError, failureOf, InputError } from '../../../shared/errors';
import type { FilePath } from '../experimentFile';
import { donorNames } from '../hybridDonors';
import { inOrder } from '../hybridWords';
import type { HybridSpec } from '../schema';
import type { CheckpointFactsReader } from './checkpointFacts';

/** What an editor says of a hybrid. */
export interface HybridFacts {
  /** Which donor gives what; null where the weights are computed, and where that cannot be told. */
  readonly donors: { readonly transplant: Transplant; readonly depths: Depths } | null;
  /** Why it cannot be made, and where in its entry; an empty path is its name. */
  readonly problem: { readonly message: string; readonly path: FilePath } | null;
}

/**
 * Puts a hybrid together from its donors' headers, which are read again only when their files have changed.
 * @param directories of the checkpoints that can be read, by name
 * @returns null when a donor is not among them
 * @throws InputError when the regions do not fit the model
 */
export async function readHybrid(
  name: string,
  spec: HybridSpec,
  regions: RegionSpec,
  directories: ReadonlyMap<string, string>,
  checkpoints: CheckpointFactsReader,
): Promise<HybridFacts | null> {
  const names = isArithmetic(spec) ? donorsOfArithmetic(spec) : donorNames(spec, { has: () => true });
  if (!names.every((donor) => directories.has(donor))) return null;
  const opening = names.map(async (donor): Promise<[string, Checkpoint]> => {
    return [donor, await checkpoints.open(directories.get(donor)!)];
  });
  const opened = new Map(await Promise.all(opening));
  const atName = (check: () => unknown) => {
    const message = failureOf(check);
    return message === null ? null : { message: message.replace(`hybrid "${name}": `, ''), path: [] };
  };
  if (isArithmetic(spec)) return { donors: null, problem: atName(() => planArithmetic(name, spec, opened)) };

  const { numLayers, visionLayers } = opened.get(skeletonOf(spec as TransplantSpec))!.config;
  const depths = { numLayers, visionLayers, regions: resolveRegions(regions, numLayers) };
  const problem = rangeProblem(spec as TransplantSpec, depths);
  if (problem) return { donors: null, problem };
  const transplant = resolveTransplant(spec as TransplantSpec, depths);
  const needed = new Map(transplant.donors.map((donor) => [donor, opened.get(donor)!]));
  return { donors: { transplant, depths }, problem: atName(() => composeHybrid(name, transplant, needed)) };
}

/** The first range, from the lowest layer up, that does not fit beside those before it. */
function rangeProblem(spec: TransplantSpec, depths: Depths): HybridFacts['problem'] {
  if (!('skeleton' in spec)) return null;
  for (const part of ['layers', 'visionLayers'] as const) {
    const entries = inOrder(spec[part] ?? {});
    for (const [i, [range]] of entries.entries()) {
      const alone = { skeleton: spec.skeleton, [part]: Object.fromEntries(entries.slice(0, i + 1)) };
      try {
        resolveTransplant(alone, depths);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { message: describeError(error), path: [part, range] };
      }
    }
  }
  return null;
}
