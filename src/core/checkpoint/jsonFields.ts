import { InputError } from '../../shared/errors';
import { readSmallFile, type SizeLimit } from '../files/containedFile';
import { quoteName } from './quoteName';
import { parseJson, type JsonObject, type JsonValue } from './strictJson';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A JSON object whose fields are checked as they are read. Every error names the file, the key and the value. */
export class JsonFields {
  constructor(
    private readonly file: string,
    private readonly fields: JsonObject,
    /** Keys that lead here, with a dot at the end; empty at the root. */
    private readonly prefix = '',
  ) {}

  /** Reads a file that must hold an object. @throws InputError when it is missing, too large or malformed */
  static async read(file: string, options: SizeLimit): Promise<JsonFields> {
    return JsonFields.parse(file, await readSmallFile(file, options));
  }

  static parse(file: string, bytes: Uint8Array): JsonFields {
    const value = parseJson(file, bytes, { nonFinite: true });
    if (!(value instanceof Map)) throw new InputError(`${file} must hold an object`);
    return new JsonFields(file, value as JsonObject);
  }

  /** Whether the key is there with a value other than null. */
  has(key: string): boolean {
    return (this.fields.get(key) ?? null) !== null;
  }

  /** A value of any kind; null where it is not there. */
  value(key: string): JsonValue {
    return this.fields.get(key) ?? null;
  }

  /** @throws InputError when it is there and no object */
  object(key: string): JsonFields | null {
    const value = this.value(key);
    if (value === null) return null;
    if (!(value instanceof Map)) this.refuse(key, 'an object');
    return new JsonFields(this.file, value as JsonObject, `${this.prefix}${key}.`);
  }

  /** @throws InputError also when it is not there */
  requiredObject(key: string): JsonFields {
    return this.object(key) ?? this.refuse(key, 'an object');
  }

  string(key: string): string | null {
    const value = this.value(key);
    return value === null || typeof value === 'string' ? value : this.refuse(key, 'a string');
  }

  boolean(key: string): boolean | null {
    const value = this.value(key);
    return value === null || typeof value === 'boolean' ? value : this.refuse(key, 'true or false');
  }

  integer(key: string, range: Range): number | null {
    return this.has(key) ? this.requiredInteger(key, range) : null;
  }

  requiredInteger(key: string, range: Range): number {
    return asInteger(this.value(key), range) ?? this.refuse(key, `an integer from ${range.min} to ${range.max}`);
  }

  /** A finite number. */
  number(key: string, { min, max }: Range): number | null {
    const value = this.value(key);
    if (value === null) return null;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.refuse(key, `a number from ${min} to ${max}`);
  }

  /** A list of integers; a single one counts as a list of one. */
  integers(key: string, range: Range, longest: number): number[] | null {
    const value = this.value(key);
    if (value === null) return null;
    const list = (Array.isArray(value) ? value : [value]) as readonly JsonValue[];
    const integers = list.map((item) => asInteger(item, range));
    if (list.length > longest || integers.includes(null)) {
      this.refuse(key, `at most ${longest} integers from ${range.min} to ${range.max}`);
    }
    return integers as number[];
  }

  /** `count` finite numbers; a single one counts for all. */
  numbers(key: string, count: number): number[] | null {
    const value = this.value(key);
    if (value === null) return null;
    const list = (Array.isArray(value) ? value : Array<JsonValue>(count).fill(value)) as readonly JsonValue[];
    if (list.length !== count || !list.every(Number.isFinite)) this.refuse(key, `${count} numbers`);
    return list as number[];
  }

  /** Fails, naming the key and what it must be. */
  refuse(key: string, wanted: string): never {
    const value = this.fields.get(key);
    const found = value === undefined ? 'it is missing' : `it is ${show(value)}`;
    throw new InputError(`${this.file}: ${this.prefix}${key} must be ${wanted}; ${found}`);
  }
}

function asInteger(value: JsonValue, { min, max }: Range): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

function show(value: JsonValue): string {
  if (typeof value === 'string') return quoteName(value);
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return String(value).slice(0, 40);
}
