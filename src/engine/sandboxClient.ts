import path from 'node:path';
import type { ImageSize, PreprocessorSettings, ProcessedImage } from '../core/model/imageProcessor';
import type { TextCodec, UserMessage } from '../core/model/prompt';
import type { ImageReader } from '../core/ports';
import { ChildPeer } from '../core/process/childPeer';
import { EngineCrashError, fromWireError, InputError } from '../shared/errors';
import type { Outcome, SandboxSurface } from '../shared/protocol/sandbox';

/** Milliseconds. Loading the largest tokenizers takes under one second; a page-sized image takes under two. */
const textLimit = 10_000;
const imageLimit = 20_000;
/** Megabytes of JavaScript heap; pixels lie outside it. */
const heapLimit = 512;
/** Images that cross the process boundary at once: bounds memory on both sides. */
const imagesPerCall = 16;

/** Templates, tokenizers and images, parsed in a process that may be killed at any time. */
export class SandboxClient implements ImageReader {
  private readonly child = new ChildPeer<object, SandboxSurface>(
    {
      script: path.join(__dirname, 'sandbox.js'),
      title: 'sandbox',
      execPath: process.execPath,
      execArgv: [`--max-old-space-size=${heapLimit}`],
    },
    {},
  );

  /** The text codec of the checkpoint in `directory`. */
  textCodec(directory: string): TextCodec {
    const limited = <T>(what: string, work: Promise<T>) =>
      work.catch((error: unknown) => blame(error, directory, what));
    const options = { timeout: textLimit };
    return {
      encode: async (messages: readonly UserMessage[]) => {
        const texts = await limited('chat template', this.child.call('render', { directory, messages }, options));
        const tokens = await limited('tokenizer', this.child.call('tokenize', { directory, texts }, options));
        if (!tokens.some((prompt) => prompt.length === 0)) return tokens;
        throw new InputError(`the chat template in ${directory} gives an empty prompt`, 'Copy that of the base model.');
      },
      decode: (sequences) => limited('tokenizer', this.child.call('decode', { directory, sequences }, options)),
    };
  }

  sizes(paths: readonly string[], within?: string): Promise<(ImageSize | InputError)[]> {
    const options = { timeout: imageLimit };
    return this.eachImage(paths, (some) => this.child.call('imageSizes', { paths: some, within }, options));
  }

  process(
    paths: readonly string[],
    settings: PreprocessorSettings,
    within?: string,
  ): Promise<(ProcessedImage | InputError)[]> {
    const options = { timeout: imageLimit };
    return this.eachImage(paths, (some) =>
      this.child.call('processImages', { paths: some, within, settings }, options),
    );
  }

  stop(): void {
    this.child.stop();
  }

  /** Some images at a time. Where those bring the sandbox down, one at a time, to find the one that does. */
  private async eachImage<T>(
    paths: readonly string[],
    read: (paths: readonly string[]) => Promise<Outcome<T>[]>,
  ): Promise<(T | InputError)[]> {
    const results: (T | InputError)[] = [];
    for (let from = 0; from < paths.length; from += imagesPerCall) {
      const some = paths.slice(from, from + imagesPerCall);
      const outcomes = await read(some).catch(async (error: unknown) => {
        if (!(error instanceof EngineCrashError)) throw error;
        const single: Outcome<T>[] = [];
        for (const one of some) single.push(...(await read([one]).catch((cause: unknown) => [crashed(one, cause)])));
        return single;
      });
      results.push(
        ...outcomes.map((outcome) => ('ok' in outcome ? outcome.ok : (fromWireError(outcome.error) as InputError))),
      );
    }
    return results;
  }
}

function crashed(image: string, cause: unknown): { error: { name: string; message: string } } {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { error: { name: 'InputError', message: `${image}: the image cannot be read: ${reason}` } };
}

function blame(error: unknown, directory: string, what: string): never {
  if (!(error instanceof EngineCrashError)) throw error;
  const mend = `Look at the ${what} of that checkpoint: it may loop, or grow without end.`;
  throw new InputError(`the ${what} in ${directory} cannot be used: ${error.message}`, mend, { cause: error });
}
