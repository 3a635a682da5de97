import { InputError } from '../../shared/errors';
import { quoteName } from './quoteName';

export interface JsonOptions {
  /** Levels of nesting; 64 where it is not given. */
  readonly depthLimit?: number;
  /** UTF-16 units of one string. */
  readonly stringLimit?: number;
  /** Also reads `NaN`, `Infinity` and `-Infinity`, which Python writes into config.json. */
  readonly nonFinite?: boolean;
  /** Where the text begins in its file, for the positions in messages. */
  readonly firstByte?: number;
}

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null' | 'end';

/** Longer integers are no float64 either; turning digits into a bigint takes quadratic time. */
const mostDigits = 308;
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const nonFinitePattern = /NaN|-?Infinity/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads JSON strictly (RFC 8259), as files from strangers need it: fatal UTF-8 without byte order mark, no key twice,
 * no lone surrogates, bounded depth, integers exact. The caller asks for what it expects, so that nothing else is
 * built in memory. Every error is an InputError that names the file and the byte.
 */
export class JsonScanner {
  private readonly text: string;
  private readonly firstByte: number;
  private readonly depthLimit: number;
  private readonly stringLimit: number;
  private readonly nonFinite: boolean;
  private at = 0;
  private depth = 0;

  constructor(
    private readonly file: string,
    bytes: Uint8Array,
    { depthLimit = 64, stringLimit = Infinity, nonFinite = false, firstByte = 0 }: JsonOptions = {},
  ) {
    this.firstByte = firstByte;
    this.depthLimit = depthLimit;
    this.stringLimit = stringLimit;
    this.nonFinite = nonFinite;
    this.text = decodeUtf8(file, bytes, firstByte);
    if (this.text.charCodeAt(0) === 0xfeff) this.fail('begins with a byte order mark');
  }

  /** Where the scanner stands; `fail` takes it to point back. */
  get position(): number {
    return this.at;
  }

  fail(what: string, position = this.at): never {
    const byte = this.firstByte + Buffer.byteLength(this.text.slice(0, position));
    throw new InputError(`${this.file}: ${what} (at byte ${byte})`);
  }

  /** What comes next. */
  peek(): JsonKind {
    this.skipSpace();
    const character = this.text[this.at];
    if (character === undefined) return 'end';
    if (character === '{') return 'object';
    if (character === '[') return 'array';
    if (character === '"') return 'string';
    if (this.text.startsWith('true', this.at)) return 'true';
    if (this.text.startsWith('false', this.at)) return 'false';
    if (this.text.startsWith('null', this.at)) return 'null';
    if (character === '-' || (character >= '0' && character <= '9')) return 'number';
    if (this.nonFinite && (character === 'N' || character === 'I')) return 'number';
    return this.fail(`not JSON: unexpected ${quoteName(character)}`);
  }

  /** Takes a value of a certain kind or fails, naming `what` it was to be. */
  expect(kind: JsonKind, what: string): void {
    const found = this.peek();
    if (found !== kind) this.fail(`${what} must be ${nameOf(kind)}, it is ${nameOf(found)}`);
  }

  /** Reads an object; `readValue` must read the value of each key. */
  object(what: string, readValue: (key: string, keyPosition: number) => void): void {
    this.expect('object', what);
    const keys = new Set<string>();
    this.nested('}', () => {
      this.expect('string', 'a key');
      const keyPosition = this.at;
      const key = this.string('a key');
      if (keys.has(key)) this.fail(`the key ${quoteName(key)} stands twice in one object`, keyPosition);
      keys.add(key);
      this.skipSpace();
      if (this.text[this.at] !== ':') this.fail('not JSON: expected ":"');
      this.at++;
      readValue(key, keyPosition);
    });
  }

  /** Reads an array; `readItem` must read each item. */
  array(what: string, readItem: (index: number) => void): void {
    this.expect('array', what);
    let index = 0;
    this.nested(']', () => readItem(index++));
  }

  string(what: string): string {
    this.expect('string', what);
    const start = this.at;
    let from = start + 1;
    let value = '';
    for (let i = from; ; i++) {
      const code = this.text.charCodeAt(i);
      if (Number.isNaN(code)) this.fail('not JSON: the text ends in a string', this.text.length);
      if (code < 0x20) this.fail('not JSON: a control character in a string', i);
      if (code !== 0x22 && code !== 0x5c) continue;
      value += this.text.slice(from, i);
      if (value.length > this.stringLimit) this.fail(`a string of more than ${this.stringLimit} characters`, start);
      if (code === 0x22) {
        this.at = i + 1;
        return value;
      }
      const escaped = this.escape(i);
      value += escaped.value;
      from = escaped.end;
      i = from - 1;
    }
  }

  /** Integers exactly: a bigint beyond ±(2^53 − 1). Also tells whether it is written as an integer. */
  number(what: string): { value: number | bigint; integer: boolean } {
    this.expect('number', what);
    if (this.nonFinite) {
      nonFinitePattern.lastIndex = this.at;
      const literal = nonFinitePattern.exec(this.text)?.[0];
      if (literal) {
        this.at += literal.length;
        return { value: Number(literal), integer: false };
      }
    }
    numberPattern.lastIndex = this.at;
    const match = numberPattern.exec(this.text);
    if (!match) this.fail('not JSON: a number was cut short');
    const [literal, fraction, exponent] = match;
    const integer = fraction === undefined && exponent === undefined && literal !== '-0';
    const value = Number(literal);
    const tooLong = integer && literal.length > mostDigits;
    if (tooLong || (!Number.isFinite(value) && !this.nonFinite)) this.fail(`${what} is out of range`);
    this.at += literal.length;
    return { value: integer && !Number.isSafeInteger(value) ? BigInt(literal) : value, integer };
  }

  /** A number from 0 to 2^53 − 1 that is written as an integer. */
  unsignedInteger(what: string): number {
    this.expect('number', what);
    const start = this.at;
    const { value, integer } = this.number(what);
    if (!integer) this.fail(`${what} must be an integer`, start);
    if (value < 0) this.fail(`${what} must not be negative`, start);
    if (typeof value === 'bigint') this.fail(`${what} is larger than 2^53 − 1`, start);
    return value;
  }

  /** Takes `true`, `false` or `null`. */
  literal(kind: 'true' | 'false' | 'null'): void {
    this.expect(kind, 'a value');
    this.at += kind.length;
  }

  /** Reads any value and forgets it. */
  skip(): void {
    const kind = this.peek();
    if (kind === 'object') this.object('a value', () => this.skip());
    else if (kind === 'array') this.array('a value', () => this.skip());
    else if (kind === 'string') this.string('a value');
    else if (kind === 'number') this.number('a number');
    else if (kind === 'end') this.fail('not JSON: the text ends where a value was expected');
    else this.literal(kind);
  }

  /** Nothing but white space may be left. */
  end(): void {
    if (this.peekAtEnd() !== undefined) this.fail('not JSON: text after the end of the value');
  }

  private peekAtEnd(): string | undefined {
    this.skipSpace();
    return this.text[this.at];
  }

  /** Reads `item` between brackets and commas, from the opening bracket to `close`. */
  private nested(close: string, item: () => void): void {
    if (++this.depth > this.depthLimit) this.fail(`nested more than ${this.depthLimit} levels deep`);
    this.at++;
    if (this.peekAtEnd() === close) this.at++;
    else {
      for (;;) {
        item();
        const next = this.peekAtEnd();
        if (next !== close && next !== ',') this.fail(`not JSON: expected "," or "${close}"`);
        this.at++;
        if (next === close) break;
      }
    }
    this.depth--;
  }

  private escape(backslash: number): { value: string; end: number } {
    const letter = this.text[backslash + 1] ?? '';
    const simple = escapes[letter];
    if (simple !== undefined) return { value: simple, end: backslash + 2 };
    if (letter !== 'u') this.fail('not JSON: an unknown escape in a string', backslash);
    const first = this.codeUnit(backslash);
    if ((first & 0xf800) !== 0xd800) return { value: String.fromCharCode(first), end: backslash + 6 };
    const second = this.text.startsWith('\\u', backslash + 6) ? this.codeUnit(backslash + 6) : 0;
    if (first >= 0xdc00 || (second & 0xfc00) !== 0xdc00) this.fail('half of a surrogate pair in a string', backslash);
    return { value: String.fromCharCode(first, second), end: backslash + 12 };
  }

  private codeUnit(backslash: number): number {
    const digits = this.text.slice(backslash + 2, backslash + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('not JSON: \\u without four digits', backslash);
    return Number.parseInt(digits, 16);
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }
}

function nameOf(kind: JsonKind): string {
  if (kind === 'end') return 'cut off';
  if (kind === 'true' || kind === 'false' || kind === 'null') return kind;
  return kind === 'object' || kind === 'array' ? `an ${kind}` : `a ${kind}`;
}

function decodeUtf8(file: string, bytes: Uint8Array, firstByte: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: not UTF-8 (at byte ${firstByte + firstInvalidByte(bytes)})`, 'Save it as UTF-8.');
  }
}

/** The first byte that cannot belong to UTF-8. Only for messages, so it may take a second look. */
function firstInvalidByte(bytes: Uint8Array): number {
  const chunk = 4096;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  try {
    for (; start < bytes.length; start += chunk) decoder.decode(bytes.subarray(start, start + chunk), { stream: true });
    return bytes.length; // a character is cut off at the end
  } catch {
    // Begin again with the character that lies across the chunk's start, one byte at a time.
    while (start > 0 && (bytes[start]! & 0xc0) === 0x80) start--;
    const single = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (let i = start; ; i++) {
      try {
        single.decode(bytes.subarray(i, i + 1), { stream: true });
      } catch {
        return i;
      }
    }
  }
}
