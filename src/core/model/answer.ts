import type { GenerateResult } from '../../shared/protocol/engine';
import type { OpenModel } from './openModel';
import type { ProcessedImage } from './imageProcessor';
import { generate } from './generate';
import type { TextCodec } from './prompt';
import type { Prompt } from './visionLanguageModel';

/** Reads, processes and encodes a message's images and prepares its prompt. @throws the first image's error */
export async function preparePrompt(
  { model, images, preprocessor }: OpenModel,
  text: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<{ prompt: Prompt; processed: ProcessedImage[]; encoded: Awaited<ReturnType<typeof model.encodeImages>> }> {
  const processed = (await images.process(paths, preprocessor)).map((image) => {
    if (image instanceof Error) throw image;
    return image;
  });
  const [tokens] = await model.parts.codec.encode([{ images: paths.length, text }]);
  const encoded = await model.encodeImages(processed, signal);
  const [prompt] = await model.preparePrompts([{ tokens: tokens!, images: encoded }]);
  return { prompt: prompt!, processed, encoded };
}

/**
 * Answers one message greedily and says how long it took, in seconds.
 * @param onText told the answer so far, again and again while it grows
 */
export async function answer(
  opened: OpenModel,
  text: string,
  images: readonly string[],
  maxNewTokens: number,
  loadSeconds: number,
  signal?: AbortSignal,
  onText?: (text: string) => void,
): Promise<GenerateResult> {
  const { model } = opened;
  const started = performance.now();
  const { prompt } = await preparePrompt(opened, text, images, signal);
  let firstToken = started;
  const watch = {
    onPrefilled: () => (firstToken = performance.now()),
    ...(onText ? { onTokens: decodedFor(onText, model.parts.codec) } : {}),
  };
  const [generated] = await generate(model, [prompt], maxNewTokens, signal, watch);
  const ended = performance.now();
  const [decoded] = await model.parts.codec.decode([generated!.tokens]);
  return {
    text: decoded!,
    tokens: generated!.tokens,
    promptTokens: prompt.tokens.length,
    imageTokens: prompt.imageTokens.reduce((sum, one) => sum + one, 0),
    device: model.device,
    seconds: { load: loadSeconds, prefill: (firstToken - started) / 1000, decode: (ended - firstToken) / 1000 },
  };
}

/** Decodes what there is while the next tokens are computed; of several states that wait, only the newest. */
function decodedFor(
  onText: (text: string) => void,
  codec: TextCodec,
): (tokens: readonly (readonly number[])[]) => void {
  let waiting: readonly number[] | null = null;
  let decoding = false;
  const decode = async () => {
    decoding = true;
    while (waiting) {
      const tokens = waiting;
      waiting = null;
      const [text] = await codec.decode([tokens]);
      onText(text!);
    }
    decoding = false;
  };
  return ([tokens]) => {
    waiting = [...tokens!];
    // What goes wrong here goes wrong again, and is said, when the whole answer is decoded.
    if (!decoding) decode().catch(() => undefined);
  };
}
