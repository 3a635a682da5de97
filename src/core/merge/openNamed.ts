import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { resolveRegions } from '../checkpoint/regions';
import { resolveCheckpoint, type Experiment } from '../experiment/experiment';
import { InputError } from '../../shared/errors';
import { donorsOfArithmetic, planArithmetic, type ArithmeticPlan } from './arithmeticPlan';
import { composeHybrid, type Hybrid } from './hybrid';
import type { ArithmeticSpec } from './methods/arithmeticSpec';
import { resolveTransplant, skeletonOf, type TransplantSpec } from './transplant';

/** Opens checkpoints of an experiment by name, each once. Hybrids are put together from their donors' headers. */
export class NamedCheckpoints {
  private readonly opened = new Map<string, Promise<Checkpoint>>();

  /** @param compute makes the weights of arithmetic hybrids; without it they can be looked at and not opened */
  constructor(
    private readonly experiment: Experiment,
    private readonly compute?: (name: string, plan: ArithmeticPlan) => Promise<Hybrid>,
  ) {}

  /** @throws InputError when there is none of that name, it cannot be read, or a hybrid is not complete */
  open(name: string): Promise<Checkpoint> {
    const known = this.opened.get(name) ?? this.openNow(name);
    this.opened.set(name, known);
    return known;
  }

  /** A hybrid of the experiment. @throws also when its weights are computed and nobody here computes */
  async hybrid(name: string): Promise<Hybrid> {
    const spec = this.experiment.content.hybrids[name]!;
    return isArithmetic(spec) ? this.computed(name, spec) : this.transplanted(name, spec as TransplantSpec);
  }

  /** Headers and recipe of an arithmetic hybrid, held against each other. */
  async planComputed(name: string, spec: ArithmeticSpec): Promise<ArithmeticPlan> {
    return planArithmetic(name, spec, await this.openAll(donorsOfArithmetic(spec)));
  }

  private async computed(name: string, spec: ArithmeticSpec): Promise<Hybrid> {
    const plan = await this.planComputed(name, spec);
    if (!this.compute) throw new InputError(`the weights of "${name}" are computed when it is first run`);
    return this.compute(name, plan);
  }

  private async transplanted(name: string, spec: TransplantSpec): Promise<Hybrid> {
    const skeleton = await this.open(skeletonOf(spec));
    const { numLayers, visionLayers } = skeleton.config;
    const regions = resolveRegions(this.experiment.content.regions, numLayers);
    const transplant = resolveTransplant(spec, { numLayers, visionLayers, regions });
    return composeHybrid(name, transplant, await this.openAll(transplant.donors));
  }

  private async openAll(names: readonly string[]): Promise<Map<string, Checkpoint>> {
    return new Map(await Promise.all(names.map(async (name) => [name, await this.open(name)] as const)));
  }

  private openNow(name: string): Promise<Checkpoint> {
    if (Object.hasOwn(this.experiment.content.hybrids, name)) return this.hybrid(name);
    return openCheckpoint(resolveCheckpoint(this.experiment, name).directory);
  }
}

/** Whether a hybrid of an experiment file has a method, and with it weights of its own. */
export function isArithmetic(spec: object): spec is ArithmeticSpec {
  return 'method' in spec;
}
