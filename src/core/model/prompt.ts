import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { InputError } from '../../shared/errors';

/** One user message: its images come first, then the text. */
export interface UserMessage {
  readonly images: number;
  readonly text: string;
}

/** Text to tokens and back, by the checkpoint's own template and tokenizer. */
export interface TextCodec {
  /** Each message as a whole prompt, generation prompt added; one placeholder token per image. */
  encode(messages: readonly UserMessage[]): Promise<number[][]>;
  /** Without special tokens, untrimmed, spaces as they are; unknown ids give nothing. */
  decode(sequences: readonly (readonly number[])[]): Promise<string[]>;
}

/** The files of a checkpoint that a {@link TextCodec} is made of. */
export interface TextFiles {
  readonly template: { readonly file: string; readonly text: string };
  readonly tokenizer: { readonly file: string; readonly json: object };
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
}

/**
 * Reads template and tokenizer in this process. Both may come from anywhere, and a template can loop: the engine uses
 * this inside a child process with a time limit.
 */
export function createTextCodec(files: TextFiles): TextCodec {
  const tokenizer = blame(files.tokenizer.file, () => new Tokenizer(files.tokenizer.json, files.tokenizerConfig));
  const template = blame(files.template.file, () => new Template(files.template.text));
  const special = specialTokens(files.tokenizerConfig);

  const encode = (message: UserMessage): number[] => {
    const content = [
      ...Array.from({ length: message.images }, () => ({ type: 'image' })),
      { type: 'text', text: message.text },
    ];
    const prompt = blame(files.template.file, () =>
      template.render({ ...special, messages: [{ role: 'user', content }], add_generation_prompt: true }),
    );
    return blame(files.tokenizer.file, () => tokenizer.encode(prompt, { add_special_tokens: false }).ids);
  };
  const decode = (tokens: readonly number[]): string => {
    const known = tokens.filter((token) => tokenizer.id_to_token(token) !== undefined);
    if (known.length === 0) return '';
    return blame(files.tokenizer.file, () =>
      tokenizer.decode(known, { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    );
  };
  return {
    encode: (messages) => Promise.resolve(messages.map(encode)),
    decode: (sequences) => Promise.resolve(sequences.map(decode)),
  };
}

/** bos_token, eos_token and the like, which templates may use. */
function specialTokens(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const tokens = Object.entries(config).filter(([key]) => key.endsWith('_token'));
  const text = (value: unknown) =>
    typeof value === 'string' ? value : ((value as { content?: unknown } | null)?.content ?? null);
  return Object.fromEntries(
    tokens
      .map(([key, value]) => [key, text(value)])
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Whatever a library throws over a file becomes an error that names the file. */
function blame<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError(`${file}: ${cause.slice(0, 300)}`, undefined, { cause: error });
  }
}

/**
 * Repeats the placeholder of each image as often as the image has tokens.
 * @param imageTokens tokens of each image, in order
 */
export function expandImages(tokens: readonly number[], placeholder: number, imageTokens: readonly number[]): number[] {
  const places = tokens.filter((token) => token === placeholder).length;
  if (places !== imageTokens.length) {
    throw new InputError(`the prompt has ${places} image placeholders for ${imageTokens.length} images`);
  }
  let image = 0;
  return tokens.flatMap((token) =>
    token === placeholder ? new Array<number>(imageTokens[image++]!).fill(token) : token,
  );
}
