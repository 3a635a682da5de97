import type { RunnableSizes } from '../checkpoint/families';
import type { ProcessedImage } from '../model/imageProcessor';
import { batchesOfOneGrid, inImageOrder, inWindowOrder, visionFeeds } from '../model/visionBatch';
import { visionLayout, type VisionLayout } from '../model/visionLayout';
import type { Runtime, Tensor } from '../ports';
import { Chain, type Feeds, type Link, type Passed } from './chain';
import { StageGraphs } from './stage';
import { mergerStage, patchStage, visionStage } from './stages';
import type { TrainedWeights } from './trainedWeights';

interface PassedGroup extends Passed {
  /** Places of the images. */
  readonly images: readonly number[];
  readonly layout: VisionLayout;
  readonly feeds: Feeds;
}

/** What the forward pass leaves for the backward pass. */
export interface VisionPassed {
  /** Of each image [tokens, outHiddenSize], in the image's own order. */
  readonly features: readonly Float32Array[];
  readonly groups: readonly PassedGroup[];
}

/** The vision tower and the projector, from images to features, and back. */
export class VisionPass {
  private readonly chain: Chain;
  private readonly layouts = new Map<string, VisionLayout>();

  constructor(
    runtime: Runtime,
    private readonly sizes: RunnableSizes,
    weights: TrainedWeights,
  ) {
    const { vision } = sizes;
    const whole = new StageGraphs(runtime, visionStage(vision, true));
    const windows = new StageGraphs(runtime, visionStage(vision, false));
    const link = (graphs: StageGraphs, prefix: string, input = 'rows'): Link => ({
      graphs,
      input,
      ...weights.within(prefix),
    });
    this.chain = new Chain([
      link(new StageGraphs(runtime, patchStage(vision)), 'visual.patch_embed.', 'pixels'),
      ...Array.from({ length: vision.numLayers }, (_, l) =>
        link(vision.fullAttentionLayers.includes(l) ? whole : windows, `visual.blocks.${l}.`),
      ),
      link(new StageGraphs(runtime, mergerStage(vision)), 'visual.merger.'),
    ]);
  }

  get trained(): boolean {
    return this.chain.trained;
  }

  /** @param keep whether a backward pass follows */
  async forward(images: readonly ProcessedImage[], keep: boolean, signal?: AbortSignal): Promise<VisionPassed> {
    const features = new Array<Float32Array>(images.length);
    const groups: PassedGroup[] = [];
    for (const group of batchesOfOneGrid(images)) {
      const layout = this.layout(images[group[0]!]!);
      const { pixels, ...feeds } = visionFeeds(
        group.map((i) => images[i]!),
        layout,
        this.sizes.vision,
      );
      const passed = await this.chain.forward(pixels!, feeds, keep ? 'weights' : 'nothing', signal);
      const width = this.sizes.vision.outHiddenSize;
      cut(passed.output.data as Float32Array, group.length).forEach((own, i) => {
        features[group[i]!] = inImageOrder(own, layout.cellOrder, width);
      });
      if (keep) groups.push({ ...passed, images: group, layout, feeds });
    }
    return { features, groups };
  }

  /** Adds the gradients of the trained weights. @param featureGradients like the features */
  async backward(
    { groups }: VisionPassed,
    featureGradients: readonly Float32Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    const width = this.sizes.vision.outHiddenSize;
    for (const group of groups) {
      const { images, layout, feeds } = group;
      const length = featureGradients[images[0]!]!.length;
      const seed = new Float32Array(images.length * length);
      images.forEach((image, i) =>
        seed.set(inWindowOrder(featureGradients[image]!, layout.cellOrder, width), i * length),
      );
      const shape = [seed.length / width, width];
      await this.chain.backward(group, feeds, { type: 'float32', shape, data: seed } satisfies Tensor, false, signal);
    }
  }

  private layout({ grid }: ProcessedImage): VisionLayout {
    const key = `${grid.height}x${grid.width}`;
    let layout = this.layouts.get(key);
    if (!layout) this.layouts.set(key, (layout = visionLayout(grid, this.sizes.vision)));
    return layout;
  }
}

function cut(data: Float32Array, pieces: number): Float32Array[] {
  const length = data.length / pieces;
  return Array.from({ length: pieces }, (_, i) => data.subarray(i * length, (i + 1) * length));
}
