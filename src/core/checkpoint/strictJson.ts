import { JsonScanner, type JsonOptions } from './jsonScanner';

/** Integers beyond ±(2^53 − 1) are bigint. Objects are Maps, so that no key means anything to JavaScript. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/**
 * Parses a whole JSON text. @see JsonScanner for what is refused
 * @param file named in errors
 * @throws InputError naming the file and the byte
 */
export function parseJson(file: string, bytes: Uint8Array, options: JsonOptions = {}): JsonValue {
  const scanner = new JsonScanner(file, bytes, options);
  const value = readValue(scanner);
  scanner.end();
  return value;
}

function readValue(scanner: JsonScanner): JsonValue {
  const kind = scanner.peek();
  switch (kind) {
    case 'object': {
      const object = new Map<string, JsonValue>();
      scanner.object('a value', (key) => object.set(key, readValue(scanner)));
      return object;
    }
    case 'array': {
      const items: JsonValue[] = [];
      scanner.array('a value', () => items.push(readValue(scanner)));
      return items;
    }
    case 'string':
      return scanner.string('a value');
    case 'number':
      return scanner.number('a number').value;
    case 'end':
      return scanner.fail('not JSON: the text ends where a value was expected');
    default:
      scanner.literal(kind);
      return kind === 'null' ? null : kind === 'true';
  }
}
