import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { InputError } from '../../shared/errors';

/** One user message: its images come first, then the text. */
export interface UserMessage {
  readonly images: number;
  readonly text: string;
}

/** Text to tokens and back, by a checkpoint's own template and tokenizer. */
export interface TextCodec {
  /** Each message as a whole prompt, generation prompt added; one placeholder token per image. */
  encode(messages: readonly UserMessage[]): Promise<number[][]>;
  /** Each text by itself, without the template. */
  tokenize(texts: readonly string[]): Promise<number[][]>;
  /** Without special tokens, untrimmed, spaces as they are; unknown ids give nothing. */
  decode(sequences: readonly (readonly number[])[]): Promise<string[]>;
}

type SpecialTokens = Readonly<Record<string, string>>;

/**
 * The checkpoint's chat template. It may come from anywhere and may loop: the engine uses it in a child process with
 * limits.
 */
export class ChatTemplate {
  private readonly template: Template;
  private readonly special: SpecialTokens;

  /** @param tokenizerConfig tokenizer_config.json: templates may use its bos_token and the like */
  constructor(
    private readonly file: string,
    text: string,
    tokenizerConfig: Readonly<Record<string, unknown>>,
  ) {
    this.template = blame(file, () => new Template(text));
    this.special = specialTokens(tokenizerConfig);
  }

  render({ images, text }: UserMessage): string {
    const content = [...Array.from({ length: images }, () => ({ type: 'image' })), { type: 'text', text }];
    const messages = [{ role: 'user', content }];
    return blame(this.file, () => this.template.render({ ...this.special, messages, add_generation_prompt: true }));
  }
}

/** The checkpoint's tokenizer. Its patterns may be hostile too: the engine uses it in a child process with limits. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;

  constructor(
    private readonly file: string,
    json: object,
    config: Readonly<Record<string, unknown>>,
  ) {
    this.tokenizer = blame(file, () => new Tokenizer(json, config));
  }

  /** Special tokens in the text count as such; none are added. */
  encode(text: string): number[] {
    return blame(this.file, () => this.tokenizer.encode(text, { add_special_tokens: false }).ids);
  }

  decode(tokens: readonly number[]): string {
    const known = tokens.filter((token) => this.tokenizer.id_to_token(token) !== undefined);
    if (known.length === 0) return '';
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
    return blame(this.file, () => this.tokenizer.decode(known, options));
  }
}

function specialTokens(config: Readonly<Record<string, unknown>>): SpecialTokens {
  const entries = Object.entries(config).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : (value as { content?: unknown } | null)?.content;
    return key.endsWith('_token') && typeof text === 'string' ? [[key, text] as const] : [];
  });
  return Object.fromEntries(entries);
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
