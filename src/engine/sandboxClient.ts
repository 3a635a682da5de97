import path from 'node:path';
import type { ImageSize, PreprocessorSettings, ProcessedImage } from '../core/model/imageProcessor';
import type { TextCodec, UserMessage } from '../core/model/prompt';
import type { Outline } from '../core/pairs/outline';
import type { Gold } from '../core/evaluate/dataset';
import { gradeAsText } from '../core/evaluate/grading/gradeAsText';
import type { Grade, Grader, GradeRequest } from '../core/evaluate/grading/grade';
import type { ImageReader, ParquetReader, SpreadsheetReader } from '../core/ports';
import { ChildPeer } from '../core/process/childPeer';
import { EngineCrashError, fromWireError, InputError } from '../shared/errors';
import type { Outcome, SandboxSurface } from '../shared/protocol/sandbox';

/** Milliseconds. Loading the largest tokenizers takes under one second; a page-sized image takes under two. */
const textLimit = 10_000;
const imageLimit = 20_000;
/** A hundred answers take far less than one second. */
const gradeLimit = 10_000;
/** Two hundred images are written in two seconds; disks may be slow. */
const parquetLimit = 120_000;
/** Some ten thousand rows of long answers are read in seconds. */
const spreadsheetLimit = 60_000;
/** A large font is read in one second, and five hundred words are outlined in another. */
const fontLimit = 20_000;
const wordsPerCall = 500;
/** Megabytes of JavaScript heap; pixels lie outside it. */
const heapLimit = 512;
/** Images that cross the process boundary at once: bounds memory on both sides. */
const imagesPerCall = 16;
/** Answers that are judged at once: bounds what is judged again when one of them ends the sandbox. */
const answersPerCall = 100;

const mendParquet = 'Fetch it again if it is damaged; else write its items as JSONL.';
const mendSpreadsheet = 'Copy it again if it is damaged; else export it as .tsv.';

/** Templates, tokenizers, images and answers, parsed in a process that may be killed at any time. */
export class SandboxClient implements ImageReader, Grader {
  private readonly child: ChildPeer<object, SandboxSurface>;

  /** @param bundles the folder with `sandbox.js` */
  constructor(bundles = __dirname) {
    const options = {
      script: path.join(bundles, 'sandbox.js'),
      title: 'sandbox',
      execPath: process.execPath,
      execArgv: [`--max-old-space-size=${heapLimit}`],
    };
    this.child = new ChildPeer(options, {});
  }

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
      tokenize: (texts) => limited('tokenizer', this.child.call('tokenize', { directory, texts }, options)),
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

  readonly parquet: ParquetReader = {
    rows: (file, columns) =>
      this.child
        .call('parquetRows', { path: file, columns }, { timeout: parquetLimit })
        .catch(blameFile(file, 'parquet', mendParquet)),
    extractImages: (file, column, rows, folder) =>
      this.child
        .call('parquetImages', { path: file, column, rows, folder }, { timeout: parquetLimit })
        .catch(blameFile(file, 'parquet', mendParquet)),
  };

  readonly spreadsheets: SpreadsheetReader = {
    rows: (file) =>
      this.child
        .call('spreadsheetRows', { path: file }, { timeout: spreadsheetLimit })
        .catch(blameFile(file, 'a spreadsheet', mendSpreadsheet)),
  };

  /** Outlines of words in a font file, in their order. @throws InputError naming what is wrong with the font */
  outlines(font: string, words: readonly string[]): Promise<Outline[]> {
    const outline = (some: readonly string[]) =>
      this.child.call('outlines', { font, words: some }, { timeout: fontLimit });
    return inCalls(words, wordsPerCall, outline, (_, cause) => {
      const mend = 'Choose another font: this one may loop, or grow without end.';
      throw new InputError(`${font}: cannot be used as a font: ${messageOf(cause)}`, mend, { cause });
    });
  }

  /** An answer that brings the sandbox down is compared as text. */
  grade(requests: readonly GradeRequest[]): Promise<Grade[]> {
    const options = { timeout: gradeLimit };
    return inCalls(
      requests,
      answersPerCall,
      (some) => this.child.call('grade', { requests: some }, options),
      gradeAsText,
    );
  }

  problems(golds: readonly Gold[]): Promise<(string | null)[]> {
    return inCalls(
      golds,
      answersPerCall,
      (some) => this.child.call('goldProblems', { golds: some }, { timeout: gradeLimit }),
      (_, cause) => `the answer cannot be read: ${messageOf(cause)}`,
    );
  }

  stop(): void {
    this.child.stop();
  }

  private async eachImage<T>(
    paths: readonly string[],
    read: (paths: readonly string[]) => Promise<Outcome<T>[]>,
  ): Promise<(T | InputError)[]> {
    const outcomes = await inCalls(paths, imagesPerCall, read, crashed);
    return outcomes.map((outcome) => ('ok' in outcome ? outcome.ok : (fromWireError(outcome.error) as InputError)));
  }
}

/** Some at a time. Where those bring the sandbox down, one at a time, to find the one that does. */
async function inCalls<T, R>(
  items: readonly T[],
  perCall: number,
  call: (some: readonly T[]) => Promise<R[]>,
  onCrash: (item: T, cause: unknown) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += perCall) {
    const some = items.slice(from, from + perCall);
    const found = await call(some).catch(async (error: unknown) => {
      if (!(error instanceof EngineCrashError)) throw error;
      const single: R[] = [];
      for (const one of some) single.push(...(await call([one]).catch((cause: unknown) => [onCrash(one, cause)])));
      return single;
    });
    results.push(...found);
  }
  return results;
}

function crashed(image: string, cause: unknown): { error: { name: string; message: string } } {
  return { error: { name: 'InputError', message: `${image}: the image cannot be read: ${messageOf(cause)}` } };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function blame(error: unknown, directory: string, what: string): never {
  if (!(error instanceof EngineCrashError)) throw error;
  const mend = `Look at the ${what} of that checkpoint: it may loop, or grow without end.`;
  throw new InputError(`the ${what} in ${directory} cannot be used: ${error.message}`, mend, { cause: error });
}

/** Of a file that brings the sandbox down. @param mend what to do with it */
function blameFile(file: string, format: string, mend: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EngineCrashError)) throw error;
    throw new InputError(`${file}: cannot be read as ${format}: ${error.message}`, mend, { cause: error });
  };
}
