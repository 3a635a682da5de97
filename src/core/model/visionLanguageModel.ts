import type { TextConfig, VisionConfig } from '../checkpoint/modelConfig';
import { targetOf, type Target } from '../onnx/target';
import type { Runtime, Session } from '../ports';
import { buildDecoder, tokensPerStep, type DecoderTaps } from './decoder';
import type { RowInput } from './decoderFeeds';
import type { DecoderSession } from './decoderRun';
import { buildEmbedding } from './embedding';
import type { ProcessedImage } from './imageProcessor';
import { promptPositions, type Positions } from './positions';
import { expandImages, type TextCodec } from './prompt';
import { batchesOfOneGrid, inImageOrder, visionFeeds } from './visionBatch';
import { visionLayout, type PatchGrid, type VisionLayout } from './visionLayout';
import { buildVisionTower } from './visionTower';
import type { WeightSource } from './weights';

/** What a model is made of: a checkpoint's, or a hybrid's. */
export interface ModelParts {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly imageToken: number;
  /** Tokens that end an answer. */
  readonly stopTokens: readonly number[];
  readonly weights: WeightSource;
  readonly codec: TextCodec;
}

/** An image as the language model sees it. */
export interface EncodedImage {
  readonly grid: PatchGrid;
  /** [tokens, hiddenSize], in the image's own order. */
  readonly features: Float32Array;
  /** With taps: `vision_block.l` and `vision_merged_window_order` of this image, [patches or tokens, …]. */
  readonly taps: Record<string, Float32Array>;
}

/** A prompt ready for the decoder. */
export interface Prompt extends RowInput {
  /** Image placeholders expanded. */
  readonly tokens: readonly number[];
  readonly positions: Positions;
  readonly imageTokens: Uint8Array;
  /** Image tokens of each image: [height, width]. */
  readonly grids: readonly (readonly [number, number])[];
  /** The first image token, and the token after the last one; 0 without images. */
  readonly imageStart: number;
  readonly imageEnd: number;
}

/**
 * A vision-language model on a runtime. Its graphs are loaded when first needed; all of them map the same files.
 */
export class VisionLanguageModel {
  private readonly layouts = new Map<string, VisionLayout>();
  private readonly sessions = new Map<string, Promise<Session>>();

  constructor(
    private readonly runtime: Runtime,
    readonly parts: ModelParts,
    private readonly taps = false,
  ) {}

  get device() {
    return this.runtime.device;
  }

  private get target(): Target {
    return targetOf(this.device, this.runtime.products);
  }

  /** The decoder, all layers on. Each kind of taps is a graph of its own over the same weights. */
  async decoder(taps: DecoderTaps = this.taps ? 'inner' : 'none'): Promise<DecoderSession> {
    const { text, weights } = this.parts;
    const options = { taps, target: this.target };
    const session = await this.session(`decoder, taps: ${taps}`, () => buildDecoder(text, weights, options));
    const layersOn = new Array<boolean>(text.numLayers).fill(true);
    return { session, config: text, layersOn, taps, tokensPerStep: tokensPerStep(options) };
  }

  /**
   * Runs the vision tower over images, those of one grid together. The results are in the order of the images.
   * @param off a layer of the tower that is made identity
   */
  async encodeImages(images: readonly ProcessedImage[], signal?: AbortSignal, off?: number): Promise<EncodedImage[]> {
    const results = new Array<EncodedImage>(images.length);
    for (const batch of batchesOfOneGrid(images)) {
      signal?.throwIfAborted();
      const encoded = await this.encodeBatch(
        batch.map((i) => images[i]!),
        off,
      );
      batch.forEach((i, place) => (results[i] = encoded[place]!));
    }
    return results;
  }

  /** Token embeddings with the images' features in place of their placeholders, and positions, for each prompt. */
  async preparePrompts(
    prompts: readonly { tokens: readonly number[]; images: readonly EncodedImage[] }[],
  ): Promise<Prompt[]> {
    const { imageToken, vision } = this.parts;
    const merge = vision.spatialMergeSize;
    const expanded = prompts.map(({ tokens, images }) =>
      expandImages(
        tokens,
        imageToken,
        images.map(({ grid }) => (grid.height * grid.width) / (merge * merge)),
      ),
    );
    const embedded = await this.embed(expanded);
    return prompts.map(({ images }, p) => {
      const tokens = expanded[p]!;
      const imageTokens = Uint8Array.from(tokens, (token) => Number(token === imageToken));
      insertImages(embedded[p]!, imageTokens, images, this.parts.text.hiddenSize);
      const positions = promptPositions(
        tokens,
        images.map(({ grid }) => grid),
        imageToken,
        merge,
      );
      const imageStart = Math.max(0, imageTokens.indexOf(1));
      const imageEnd = imageTokens.lastIndexOf(1) + 1;
      const grids = images.map(({ grid }) => [grid.height / merge, grid.width / merge] as const);
      return { tokens, embedded: embedded[p]!, positions, imageTokens, grids, imageStart, imageEnd };
    });
  }

  /** Embeddings of token sequences, each [tokens, hiddenSize]. */
  async embed(sequences: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const session = await this.embeddingSession();
    const tokens = BigInt64Array.from(sequences.flat(), BigInt);
    const feeds = { tokens: { type: 'int64', shape: [tokens.length], data: tokens } } as const;
    const { embedded } = await session.run(feeds, ['embedded']);
    const { hiddenSize } = this.parts.text;
    let at = 0;
    return sequences.map(({ length }) => {
      const start = at;
      at += length * hiddenSize;
      return (embedded!.data as Float32Array).slice(start, at);
    });
  }

  /** Loads every graph now, so that no answer waits for it. */
  async load(): Promise<void> {
    await Promise.all([this.decoder(), this.visionSession(), this.embeddingSession()]);
  }

  private embeddingSession(): Promise<Session> {
    return this.session('embedding', () => buildEmbedding(this.parts.text, this.parts.weights));
  }

  private visionSession(): Promise<Session> {
    return this.session('vision', () =>
      buildVisionTower(this.parts.vision, this.parts.weights, this.taps, this.target),
    );
  }

  private session(name: string, build: () => ReturnType<typeof buildDecoder>): Promise<Session> {
    let session = this.sessions.get(name);
    if (!session) this.sessions.set(name, (session = this.runtime.createSession(build())));
    return session;
  }

  private async encodeBatch(images: readonly ProcessedImage[], off?: number): Promise<EncodedImage[]> {
    const { vision, text } = this.parts;
    const session = await this.visionSession();
    const { grid } = images[0]!;
    const layout = this.layout(grid);
    const tapNames = this.taps ? Array.from({ length: vision.numLayers }, (_, l) => `vision_block.${l}`) : [];
    const feeds = visionFeeds(images, layout, vision, off);
    const outputs = await session.run(feeds, ['features', ...tapNames]);
    const pieces = (name: string) => cut(outputs[name]!.data as Float32Array, images.length);
    const features = pieces('features');
    const taps = tapNames.map((name) => [name, pieces(name)] as const);
    return images.map((_, i) => ({
      grid,
      features: inImageOrder(features[i]!, layout.cellOrder, text.hiddenSize),
      taps: this.taps
        ? {
            ...Object.fromEntries(taps.map(([name, values]) => [name, values[i]!])),
            vision_merged_window_order: features[i]!,
          }
        : {},
    }));
  }

  private layout(grid: PatchGrid): VisionLayout {
    const key = `${grid.height}x${grid.width}`;
    let layout = this.layouts.get(key);
    if (!layout) this.layouts.set(key, (layout = visionLayout(grid, this.parts.vision)));
    return layout;
  }
}

function cut(data: Float32Array, pieces: number): Float32Array[] {
  const length = data.length / pieces;
  return Array.from({ length: pieces }, (_, i) => data.slice(i * length, (i + 1) * length));
}

function insertImages(
  embedded: Float32Array,
  imageTokens: Uint8Array,
  images: readonly EncodedImage[],
  width: number,
): void {
  const rows = images.flatMap(({ features }) =>
    Array.from({ length: features.length / width }, (_, i) => features.subarray(i * width, (i + 1) * width)),
  );
  let row = 0;
  imageTokens.forEach((isImage, token) => {
    if (isImage) embedded.set(rows[row++]!, token * width);
  });
}
