import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonOptions } from '../../../src/core/checkpoint/jsonScanner';
import { quoteName } from '../../../src/core/checkpoint/quoteName';
import { parseJson, type JsonValue } from '../../../src/core/checkpoint/strictJson';
import { InputError } from '../../../src/shared/errors';

const parse = (text: string | Uint8Array, options?: JsonOptions) =>
  parseJson('x.json', typeof text === 'string' ? Buffer.from(text) : text, options);

/** A value as JSON.parse has it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...(value as ReadonlyMap<string, JsonValue>)].map(([key, item]) => [key, plain(item)]));
  }
  return Array.isArray(value) ? value.map(plain) : typeof value === 'bigint' ? Number(value) : value;
}

function refuses(text: string | Uint8Array, message: string, options?: JsonOptions): void {
  assert.throws(
    () => parse(text, options),
    (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.equal(error.message, `x.json: ${message}`);
      return true;
    },
  );
}

describe('parseJson', () => {
  it('reads what JSON.parse reads, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t'), (text, space) => {
        const value = JSON.parse(text) as unknown;
        // -0 is written as 0 and read as it is written.
        assert.deepEqual(plain(parse(JSON.stringify(value, null, space))), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('ends any bytes in a value or in one line that names file and byte', () => {
    const check = (bytes: Uint8Array) => {
      try {
        parse(bytes);
      } catch (error) {
        assert.ok(error instanceof InputError, (error as Error).stack);
        assert.match(error.message, /^x\.json: [^\n]+ \(at byte \d+\)$/);
        assert.ok(error.message.length < 300);
      }
    };
    fc.assert(fc.property(fc.uint8Array(), check));
    const characters = fc.constantFrom(...'{}[]",:\\u0dD8e-+.1tfn \n\u0001'.split(''));
    fc.assert(fc.property(fc.string({ unit: characters, maxLength: 40 }), (text) => check(Buffer.from(text))));
  });

  it('refuses each cut of a text', () => {
    const whole = '{"a":[1,true,null,"\\u00fc"],"b":{"c":-1.5e3}}';
    for (let size = 0; size < whole.length; size++) assert.throws(() => parse(whole.slice(0, size)), InputError);
    assert.deepEqual(plain(parse(whole)), JSON.parse(whole));
  });

  it('keeps integers exact and names like any other', () => {
    assert.equal(parse('9007199254740993'), 9007199254740993n);
    assert.equal(parse('-18446744073709551616'), -(2n ** 64n));
    assert.equal(parse('9007199254740991'), 9007199254740991);
    assert.equal(parse('1e3'), 1000);
    const odd = parse('{"__proto__":{"x":1},"constructor":2}') as Map<string, JsonValue>;
    assert.deepEqual([...odd.keys()], ['__proto__', 'constructor']);
    assert.equal(({} as { x?: number }).x, undefined);
  });

  it('a key twice, also under an escape', () => {
    refuses('{"a":1,"a":2}', 'the key "a" stands twice in one object (at byte 7)');
    refuses('{"a":1,"\\u0061":2}', 'the key "a" stands twice in one object (at byte 7)');
    assert.deepEqual(plain(parse('{"a":{"a":1}}')), { a: { a: 1 } });
  });

  it('depth', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    parse(nested(64));
    refuses(nested(65), 'nested more than 64 levels deep (at byte 64)');
    refuses(nested(100_000), 'nested more than 64 levels deep (at byte 64)');
    refuses('{"a":{"b":{}}}', 'nested more than 2 levels deep (at byte 10)', { depthLimit: 2 });
  });

  it('bytes that are no text', () => {
    refuses(Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8 (at byte 1)');
    refuses(Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'not UTF-8 (at byte 1)');
    refuses(Buffer.from('"\ud83d\ude00"').subarray(0, 4), 'not UTF-8 (at byte 4)');
    const far = Buffer.concat([Buffer.from(`"${'ü'.repeat(5000)}`), Buffer.from([0xfe])]);
    refuses(far, 'not UTF-8 (at byte 10001)');
    refuses('\ufeff{}', 'begins with a byte order mark (at byte 0)');
    refuses('"ü\u0001"', 'not JSON: a control character in a string (at byte 3)');
    refuses('"\\ud800"', 'half of a surrogate pair in a string (at byte 1)');
    refuses('"\\udc00\\ud800"', 'half of a surrogate pair in a string (at byte 1)');
    assert.equal(parse('"\\ud83d\\ude00"'), '\ud83d\ude00');
  });

  it('what only looks like JSON', () => {
    refuses('', 'not JSON: the text ends where a value was expected (at byte 0)');
    refuses('{"a":1,}', 'not JSON: unexpected "}" (at byte 7)');
    refuses('{} {}', 'not JSON: text after the end of the value (at byte 3)');
    refuses("{'a':1}", 'not JSON: unexpected "\'" (at byte 1)');
    refuses('01', 'not JSON: text after the end of the value (at byte 1)');
    refuses('+1', 'not JSON: unexpected "+" (at byte 0)');
    refuses('-', 'not JSON: a number was cut short (at byte 0)');
    refuses('1e400', 'a number is out of range (at byte 0)');
    refuses('9'.repeat(400), 'a number is out of range (at byte 0)');
    refuses('[1 2]', 'not JSON: expected "," or "]" (at byte 3)');
    refuses('{"a" 1}', 'not JSON: expected ":" (at byte 5)');
    refuses('"\\x"', 'not JSON: an unknown escape in a string (at byte 1)');
    refuses('"\\u12"', 'not JSON: \\u without four digits (at byte 1)');
  });

  it('NaN and infinities only where they are asked for', () => {
    refuses('[NaN]', 'not JSON: unexpected "N" (at byte 1)');
    assert.deepEqual(plain(parse('[NaN,Infinity,-Infinity,-1]', { nonFinite: true })), [NaN, Infinity, -Infinity, -1]);
  });

  it('long strings', () => {
    assert.equal(parse('"abc"', { stringLimit: 3 }), 'abc');
    refuses('"abcd"', 'a string of more than 3 characters (at byte 0)', { stringLimit: 3 });
  });
});

describe('quoteName', () => {
  it('shows what would deceive, and not more than 120 characters', () => {
    assert.equal(quoteName('model.layers.0'), '"model.layers.0"');
    assert.equal(quoteName('a"b\n\u001b[31m'), '"a\\"b\\n\\u001b[31m"');
    assert.equal(quoteName('\u202egpj.exe\u200b\ufeff'), '"\\u202egpj.exe\\u200b\\ufeff"');
    assert.equal(quoteName('x'.repeat(1000)), `"${'x'.repeat(120)}…"`);
  });
});
