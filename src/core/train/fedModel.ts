import type { GraphFile, Runtime, Session, Tensor } from '../ports';
import { VisionLanguageModel, type ModelParts } from '../model/visionLanguageModel';
import type { WeightSource } from '../model/weights';
import type { Parameters } from './gradientEngine';

/** A model that computes with weights in memory, always as they are at the moment. */
export function fedModel(runtime: Runtime, parts: ModelParts, parameters: Parameters): VisionLanguageModel {
  const weights: WeightSource = new Map(
    [...parts.weights].map(([name, entry]) => [name, { ...entry, dtype: 'F32', path: null }]),
  );
  return new VisionLanguageModel(new FeedingRuntime(runtime, parameters), { ...parts, weights });
}

/** Feeds the weights in memory with every run of every graph. */
class FeedingRuntime implements Runtime {
  constructor(
    private readonly inner: Runtime,
    private readonly parameters: Parameters,
  ) {}

  get device() {
    return this.inner.device;
  }

  async createSession(graph: GraphFile): Promise<Session> {
    const session = await this.inner.createSession(graph);
    // Views of the weights themselves: what the optimiser writes is there in the next run.
    const fed = Object.fromEntries((graph.fed ?? []).map((weight) => [weight.input, this.view(weight)]));
    return { run: (feeds, fetches, into) => session.run({ ...feeds, ...fed }, fetches, into) };
  }

  private view({ tensor, first, shape }: NonNullable<GraphFile['fed']>[number]): Tensor {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = this.parameters.values.get(tensor)!.subarray(first, first + count);
    return { type: 'float32', shape, data };
  }
}
