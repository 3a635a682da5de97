import type { StageUse } from './stage';
import type { WeightSet } from './gradientEngine';

type OfStage = Pick<StageUse, 'weights' | 'gradients'>;

/** A model's weights and, of those that are trained, their gradients; and the part of both that a stage sees. */
export class TrainedWeights {
  /** By canonical name, zeros to begin with. */
  readonly gradients: ReadonlyMap<string, Float32Array>;

  constructor(private readonly parameters: WeightSet) {
    this.gradients = new Map([...parameters.trained].map((name) => [name, new Float32Array(this.get(name).length)]));
  }

  get(name: string): Float32Array {
    const values = this.parameters.values.get(name);
    if (!values) throw new Error(`there are no values of ${name}`);
    return values;
  }

  /** Those whose names begin with `prefix`, by the rest of the name. */
  within(prefix: string): OfStage {
    const trained = [...this.gradients].filter(([name]) => name.startsWith(prefix));
    return {
      weights: (name) => this.get(prefix + name),
      gradients: new Map(trained.map(([name, sum]) => [name.slice(prefix.length), sum])),
    };
  }

  /** @param names canonical names by the names that the stage uses */
  named(names: Readonly<Record<string, string>>): OfStage {
    const entries = Object.entries(names).flatMap(([own, name]) => {
      const sum = this.gradients.get(name);
      return sum ? [[own, sum] as const] : [];
    });
    return { weights: (own) => this.get(names[own]!), gradients: new Map(entries) };
  }
}
