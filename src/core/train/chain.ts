import type { Tensor } from '../ports';
import type { StageGraphs, StageUse } from './stage';

/** A stage in its place, with the weights it has there. */
export interface Link extends Pick<StageUse, 'weights' | 'gradients'> {
  readonly graphs: StageGraphs;
  /** The graph input that takes the rows. */
  readonly input: string;
}

export type Feeds = StageUse['feeds'];

/** What a forward pass leaves for the backward pass. */
export interface Passed {
  readonly output: Tensor;
  /** What each link was given; only of those that the backward pass comes to. */
  readonly inputs: readonly (Tensor | undefined)[];
}

/** Stages one after the other: each takes the rows that the one before gives. */
export class Chain {
  /** Of the lowest link with trained weights; the number of links if there is none. */
  private readonly lowest: number;

  constructor(private readonly links: readonly Link[]) {
    const first = links.findIndex(({ gradients }) => gradients.size > 0);
    this.lowest = first < 0 ? links.length : first;
  }

  /** Whether any weight of it is trained. */
  get trained(): boolean {
    return this.lowest < this.links.length;
  }

  /**
   * @param feeds what stages read beside their rows
   * @param keep what the backward pass will be asked for: nothing, the weights' gradients, or its input's as well
   */
  async forward(
    rows: Tensor,
    feeds: Feeds,
    keep: 'nothing' | 'weights' | 'input',
    signal?: AbortSignal,
  ): Promise<Passed> {
    const from = keep === 'nothing' ? Infinity : keep === 'input' ? 0 : this.lowest;
    const inputs: (Tensor | undefined)[] = [];
    let output = rows;
    for (const [i, { graphs, input, weights, gradients }] of this.links.entries()) {
      signal?.throwIfAborted();
      inputs.push(i >= from ? output : undefined);
      output = await graphs.forward({ feeds: { ...feeds, [input]: output }, weights, gradients });
    }
    return { output, inputs };
  }

  /**
   * Adds the gradients of all trained weights. Links below the lowest trained one are not run unless the input's
   * gradient is wanted.
   * @param seed of the output
   * @returns that of the input, if wanted
   */
  async backward(
    { inputs }: Passed,
    feeds: Feeds,
    seed: Tensor,
    wantsInput: boolean,
    signal?: AbortSignal,
  ): Promise<Tensor | undefined> {
    const lowest = wantsInput ? 0 : this.lowest;
    let gradient: Tensor | undefined = seed;
    for (let i = this.links.length - 1; i >= lowest; i--) {
      signal?.throwIfAborted();
      const { graphs, input, weights, gradients } = this.links[i]!;
      const use = { feeds: { ...feeds, [input]: inputs[i]! }, weights, gradients };
      gradient = await graphs.backward(use, gradient!, wantsInput || i > lowest);
    }
    return wantsInput ? gradient : undefined;
  }
}
