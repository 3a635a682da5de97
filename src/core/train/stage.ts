import { encodeGraph } from '../onnx/encode';
import { gradients } from '../onnx/gradients';
import { Graph, type Value } from '../onnx/graph';
import { pruneUnused } from '../onnx/prune';
import type { Inverses } from '../onnx/vectorJacobian';
import type { LayerWeights } from '../model/decoderLayer';
import type { Runtime, Session, Tensor } from '../ports';

/**
 * A piece of the model with rows in and rows out. Its weights are inputs of its graph, by their names within the piece,
 * so that one graph serves all layers of a kind and sees at once what the optimiser changed.
 */
export interface Stage {
  readonly name: string;
  build(
    graph: Graph,
    weight: LayerWeights,
  ): {
    /** Null where nothing comes before the stage that could be trained. */
    readonly input: Value | null;
    readonly output: Value;
    readonly inverses?: Inverses;
  };
}

/** One use of a stage: a layer's weights and what else its graph reads, by name. */
export interface StageUse {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly weights: (name: string) => Float32Array;
  /** Memory that gradients are added to, by the weight's name; of these weights only. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

interface Loaded {
  readonly session: Session;
  readonly inputs: readonly Value[];
  readonly outputs: readonly string[];
}

const outputName = 'output';
const seedName = 'output gradient';
const inputGradient = 'input gradient';
const gradientOf = (weight: string) => `gradient of ${weight}`;
const sumOf = (weight: string) => `sum of the gradient of ${weight}`;

/** The graphs of one stage: forward, and backward for each set of weights that is trained. Loaded when first used. */
export class StageGraphs {
  private readonly loaded = new Map<string, Promise<Loaded>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly stage: Stage,
  ) {}

  async forward(use: StageUse): Promise<Tensor> {
    const { session, inputs } = await this.load('forward', () => this.buildForward());
    const outputs = await session.run(feedsOf(inputs, use, {}), [outputName]);
    return outputs[outputName]!;
  }

  /**
   * Computes the forward pass anew and from `seed`, the gradient of its output, those of the weights, added in place,
   * and, if wanted, that of its input.
   */
  async backward(use: StageUse, seed: Tensor, wantsInput: boolean): Promise<Tensor | undefined> {
    const trained = [...use.gradients.keys()].sort();
    const { session, inputs, outputs } = await this.load(`${wantsInput} ${trained.join()}`, () =>
      this.buildBackward(trained, wantsInput),
    );
    const feeds: Record<string, Tensor> = { [seedName]: seed };
    const into: Record<string, Tensor> = {};
    for (const { name, shape } of inputs) {
      const weight = trained.find((own) => gradientOf(own) === name);
      if (weight === undefined) continue;
      feeds[name] = into[sumOf(weight)] = float32(use.gradients.get(weight)!, shape as number[]);
    }
    const results = await session.run(feedsOf(inputs, use, feeds), outputs, into);
    return results[inputGradient];
  }

  private load(key: string, build: () => Graph): Promise<Loaded> {
    let loaded = this.loaded.get(key);
    if (!loaded) this.loaded.set(key, (loaded = this.create(build())));
    return loaded;
  }

  private async create(graph: Graph): Promise<Loaded> {
    pruneUnused(graph);
    const session = await this.runtime.createSession(encodeGraph(graph));
    return { session, inputs: graph.inputs, outputs: graph.main.outputs.map(({ name }) => name) };
  }

  private buildForward(): Graph {
    const graph = new Graph(`${this.stage.name}, forward`);
    const { output } = this.stage.build(graph, weightInputs(graph).weight);
    graph.output(outputName, output);
    return graph;
  }

  private buildBackward(trained: readonly string[], wantsInput: boolean): Graph {
    const graph = new Graph(`${this.stage.name}, backward`);
    const { weight, declared } = weightInputs(graph);
    const { input, output, inverses } = this.stage.build(graph, weight);
    const seed = graph.input(seedName, 'float32', output.shape);
    const weights = trained.map((name) => {
      const of = declared.get(name);
      if (!of) throw new Error(`${this.stage.name} has no weight ${name}`);
      return { of, onto: graph.input(gradientOf(name), 'float32', of.shape) };
    });
    const found = gradients(output, seed, [...weights, ...(wantsInput ? [{ of: input! }] : [])], inverses);
    trained.forEach((name, i) => graph.output(sumOf(name), found[i]!));
    if (wantsInput) graph.output(inputGradient, found.at(-1)!);
    return graph;
  }
}

function weightInputs(graph: Graph): { weight: LayerWeights; declared: ReadonlyMap<string, Value> } {
  const declared = new Map<string, Value>();
  const weight: LayerWeights = (name, ...shape) => {
    const value = graph.input(name, 'float32', shape);
    declared.set(name, value);
    return value;
  };
  return { weight, declared };
}

/** What the graph's inputs are given: from `own` and the use's feeds, else the weight of that name. */
function feedsOf(
  inputs: readonly Value[],
  { feeds, weights }: StageUse,
  own: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, own[name] ?? feeds[name] ?? float32(weights(name), shape as number[])]),
  );
}

function float32(data: Float32Array, shape: readonly number[]): Tensor<'float32'> {
  return { type: 'float32', shape, data };
}
