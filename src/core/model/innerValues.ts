import type { NamedTensor } from '../checkpoint/writeSafetensors';
import type { Tensor } from '../ports';
import { preparePrompt } from './answer';
import { decoderNames } from './decoder';
import { DecoderRun } from './decoderRun';
import type { OpenModel } from './openModel';

/**
 * What a model computes on the way to its logits for one message, without answering it: `input_ids`, `position_ids`
 * [3, S], `pixel_values`, `vision_block.b` and `vision_merged_window_order` (both in window order), `layer_input.l`
 * [S, hiddenSize], `attention_to_image` [layers, S] (mass, mean over heads) and `logits` [S, vocabulary].
 * @param opened a model opened with taps
 */
export async function innerValues(
  opened: OpenModel,
  text: string,
  images: readonly string[],
  signal?: AbortSignal,
): Promise<NamedTensor[]> {
  const { text: config, vision } = opened.model.parts;
  const { prompt, processed, encoded } = await preparePrompt(opened, text, images, signal);
  signal?.throwIfAborted();
  const layers = Array.from({ length: config.numLayers }, (_, l) => l);
  const fetches = ['logits', ...layers.map(decoderNames.layerInput), ...layers.map(decoderNames.attentionToImage)];
  const every = prompt.tokens.map((_, i) => i);
  const run = DecoderRun.fresh(await opened.model.decoder(), 1);
  const { outputs } = await run.extend([prompt], [every], fetches);
  run.free();

  const length = prompt.tokens.length;
  const { axes } = prompt.positions;
  const result: NamedTensor[] = [
    { name: 'input_ids', dtype: 'I32', shape: [length], data: Int32Array.from(prompt.tokens) },
    {
      name: 'position_ids',
      dtype: 'I32',
      shape: [3, length],
      data: Int32Array.from(axes.flatMap((axis) => [...axis])),
    },
    float32('logits', outputs.logits!),
    ...layers.map((l) => float32(decoderNames.layerInput(l), outputs[decoderNames.layerInput(l)]!)),
  ];
  if (processed.length === 0) return result;
  const rows = (name: string, pieces: readonly Float32Array[], width: number) => {
    const data = joined(pieces);
    result.push({ name, dtype: 'F32', shape: [data.length / width, width], data });
  };
  const patches = processed.reduce((sum, { grid }) => sum + grid.height * grid.width, 0);
  const pixels = processed.map(({ pixelValues }) => pixelValues);
  rows('pixel_values', pixels, pixels.reduce((sum, { length: values }) => sum + values, 0) / patches);
  for (let b = 0; b < vision.numLayers; b++) {
    const name = `vision_block.${b}`;
    rows(
      name,
      encoded.map(({ taps }) => taps[name]!),
      vision.hiddenSize,
    );
  }
  rows(
    'vision_merged_window_order',
    encoded.map(({ taps }) => taps.vision_merged_window_order!),
    vision.outHiddenSize,
  );
  rows(
    'attention_to_image',
    layers.map((l) => outputs[decoderNames.attentionToImage(l)]!.data as Float32Array),
    length,
  );
  return result;
}

function float32(name: string, { shape, data }: Tensor): NamedTensor {
  return { name, dtype: 'F32', shape, data: data as Float32Array };
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
