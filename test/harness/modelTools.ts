import type { ModelTools } from '../../src/core/model/openModel';
import type { ImageReader } from '../../src/core/ports';
import { readChatTemplate, readTokenizerFiles } from '../../src/core/checkpoint/sidecars';
import { processImage } from '../../src/core/model/imageProcessor';
import { ChatTemplate, TextTokenizer, type TextCodec } from '../../src/core/model/prompt';
import { SharpImageDecoder } from '../../src/engine/imageDecoder';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import type { InputError } from '../../src/shared/errors';

/** What the engine gives a model, without its sandbox: everything in this process. */
export function modelTools(runtime = new OrtRuntime('cpu', 2)): ModelTools & { runtime: OrtRuntime } {
  return { runtime, images: new LocalImages(), textCodec };
}

class LocalImages implements ImageReader {
  private readonly decoder = new SharpImageDecoder();

  sizes: ImageReader['sizes'] = (paths, within) => each(paths, (path) => this.decoder.size(path, within));
  process: ImageReader['process'] = (paths, settings, within) =>
    each(paths, async (path) => processImage(await this.decoder.decode(path, within), settings));
}

function each<T>(paths: readonly string[], read: (path: string) => Promise<T>): Promise<(T | InputError)[]> {
  return Promise.all(paths.map((path) => read(path).catch((error: InputError) => error)));
}

function textCodec(directory: string): TextCodec {
  const files = Promise.all([readChatTemplate(directory), readTokenizerFiles(directory)]).then(
    ([{ file, text }, tokenizer]) => ({
      template: new ChatTemplate(file, text, tokenizer.config),
      tokenizer: new TextTokenizer(tokenizer.file, tokenizer.json, tokenizer.config),
    }),
  );
  return {
    encode: async (messages) => {
      const { template, tokenizer } = await files;
      return messages.map((message) => tokenizer.encode(template.render(message)));
    },
    tokenize: async (texts) => {
      const { tokenizer } = await files;
      return texts.map((text) => tokenizer.encode(text));
    },
    decode: async (sequences) => {
      const { tokenizer } = await files;
      return sequences.map((tokens) => tokenizer.decode(tokens));
    },
  };
}
