/** What tests of training share: an engine over a checkpoint's weights, and sequences for it. */
import assert from 'node:assert/strict';
import { openCheckpoint, type Checkpoint } from '../../src/core/checkpoint/checkpoint';
import { requireComplete, type RunnableSizes } from '../../src/core/checkpoint/families';
import { readPreprocessorConfig } from '../../src/core/checkpoint/sidecars';
import { WeightReader } from '../../src/core/files/weightReader';
import type { ProcessedImage } from '../../src/core/model/imageProcessor';
import type { Runtime } from '../../src/core/ports';
import { Backpropagation, type RunLimits } from '../../src/core/train/backpropagation';
import type { TrainingSequence } from '../../src/core/train/gradientEngine';
import { readMasterWeights } from '../../src/core/train/masterWeights';
import type { ModelTools } from '../../src/core/model/openModel';

export class Trainable {
  private constructor(
    readonly checkpoint: Checkpoint,
    readonly values: ReadonlyMap<string, Float32Array>,
    private readonly tools: ModelTools,
  ) {}

  static async open(directory: string, tools: ModelTools): Promise<Trainable> {
    const checkpoint = await openCheckpoint(directory);
    const reader = new WeightReader();
    const read = reader.read.bind(reader);
    const values = readMasterWeights([...checkpoint.tensors.values()], read, new AbortController().signal);
    reader.close();
    return new Trainable(checkpoint, values, tools);
  }

  /** @param trained everything, where it is not given */
  engine(
    trained: Iterable<string> = this.values.keys(),
    runtime: Runtime = this.tools.runtime,
    limits?: RunLimits,
  ): Backpropagation {
    const parameters = { values: this.values, trained: new Set(trained) };
    return new Backpropagation(runtime, this.sizes, parameters, limits);
  }

  get sizes(): RunnableSizes {
    return requireComplete(this.checkpoint);
  }

  async images(paths: readonly string[]): Promise<ProcessedImage[]> {
    const settings = await readPreprocessorConfig(this.checkpoint.directory);
    const images = await this.tools.images.process(paths, settings);
    return images.map((image) => (image instanceof Error ? assert.fail(image) : image));
  }

  async sequence(text: string, answer: string, images: readonly ProcessedImage[]): Promise<TrainingSequence> {
    const codec = this.tools.textCodec(this.checkpoint.directory);
    const [prompt] = await codec.encode([{ images: images.length, text }]);
    const [tokens] = await codec.tokenize([answer]);
    return { prompt: prompt!, images, answer: tokens! };
  }
}
