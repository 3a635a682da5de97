import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { resolveRegions } from '../checkpoint/regions';
import { resolveCheckpoint, type Experiment } from '../experiment/experiment';
import { composeHybrid, type Hybrid } from './hybrid';
import { resolveTransplant, skeletonOf, type TransplantSpec } from './transplant';

/** Opens checkpoints of an experiment by name, each once. Hybrids are put together from their donors' headers. */
export class NamedCheckpoints {
  private readonly opened = new Map<string, Promise<Checkpoint>>();

  constructor(private readonly experiment: Experiment) {}

  /** @throws InputError when there is none of that name, it cannot be read, or a hybrid is not complete */
  open(name: string): Promise<Checkpoint> {
    const known = this.opened.get(name) ?? this.openNow(name);
    this.opened.set(name, known);
    return known;
  }

  /** A hybrid of the experiment. */
  async hybrid(name: string): Promise<Hybrid> {
    const spec = this.experiment.content.hybrids[name] as TransplantSpec;
    const skeleton = await this.open(skeletonOf(spec));
    const { numLayers, visionLayers } = skeleton.config;
    const regions = resolveRegions(this.experiment.content.regions, numLayers);
    const transplant = resolveTransplant(spec, { numLayers, visionLayers, regions });
    const donors = await Promise.all(transplant.donors.map(async (donor) => [donor, await this.open(donor)] as const));
    return composeHybrid(name, transplant, new Map(donors));
  }

  private openNow(name: string): Promise<Checkpoint> {
    if (Object.hasOwn(this.experiment.content.hybrids, name)) return this.hybrid(name);
    return openCheckpoint(resolveCheckpoint(this.experiment, name).directory);
  }
}
