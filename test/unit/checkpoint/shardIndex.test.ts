import assert from 'node:assert/strict';
import { parseShardIndex, problemOfShardName } from '../../../src/core/checkpoint/shardIndex';
import { InputError } from '../../../src/shared/errors';

const parse = (text: string) => parseShardIndex('index.json', Buffer.from(text));

function refuses(text: string, message: string): void {
  assert.throws(
    () => parse(text),
    (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.equal(error.message, `index.json: ${message}`);
      return true;
    },
  );
}

describe('parseShardIndex', () => {
  it('reads map, shards and size, and passes over the rest', () => {
    const index = parse(
      '{"metadata":{"total_size":12,"format":"pt"},"other":[1],' +
        '"weight_map":{"b":"y.safetensors","__proto__":"x.safetensors","a":"y.safetensors"}}',
    );
    assert.deepEqual(
      [...index.shardOf],
      [
        ['b', 'y.safetensors'],
        ['__proto__', 'x.safetensors'],
        ['a', 'y.safetensors'],
      ],
    );
    assert.deepEqual(index.shards, ['x.safetensors', 'y.safetensors']);
    assert.equal(index.totalSize, 12);
    assert.equal(parse('{"weight_map":{},"metadata":null}').totalSize, null);
    assert.equal(parse('{"weight_map":{},"metadata":{"total_size":"12"}}').totalSize, null);
  });

  it('refuses what is no index', () => {
    refuses('[]', 'the index must be an object, it is an array (at byte 0)');
    refuses('{}', 'weight_map is missing');
    refuses('{"weight_map":[]}', 'weight_map must be an object, it is an array (at byte 14)');
    refuses('{"weight_map":{"a":1}}', 'the shard of "a" must be a string, it is a number (at byte 19)');
    refuses(
      '{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}',
      'the key "a" stands twice in one object (at byte 35)',
    );
    refuses('{"weight_map":{}}x', 'not JSON: text after the end of the value (at byte 17)');
    refuses(
      '{"weight_map":{"a":"X.safetensors","b":"x.safetensors"}}',
      '"X.safetensors" and "x.safetensors" differ in case only and are one file on some systems',
    );
  });

  it('refuses more than 10,000 shards and endless strings', () => {
    const map = (count: number) =>
      JSON.stringify({
        weight_map: Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, `${i}.safetensors`])),
      });
    assert.equal(parse(map(10_000)).shards.length, 10_000);
    assert.throws(() => parse(map(10_001)), /more than 10000 shards/);
    assert.throws(
      () => parse(`{"weight_map":{"a":"${'x'.repeat(100_001)}"}}`),
      /a string of more than 100000 characters/,
    );
  });
});

describe('problemOfShardName', () => {
  it('a name in the folder is none', () => {
    for (const name of ['model.safetensors', 'model-00001-of-00002.safetensors', '..safetensors', 'ü ä.safetensors']) {
      assert.equal(problemOfShardName(name), null, name);
    }
  });

  const elsewhere = 'it must be the name of a file in the same folder';
  const character = 'it has a character that file names cannot have everywhere';
  const format = 'only *.safetensors files are read';
  const bad: Record<string, string> = {
    '../x.safetensors': elsewhere,
    '/etc/passwd': elsewhere,
    'a/../../x.safetensors': elsewhere,
    'sub/x.safetensors': elsewhere,
    '..\\x.safetensors': elsewhere,
    '\\\\host\\share\\x.safetensors': elsewhere,
    'https://host/x.safetensors': elsewhere,
    'C:x.safetensors': character,
    'model.safetensors:ads.safetensors': character,
    'x\0.safetensors': character,
    'x\n.safetensors': character,
    'con.safetensors': 'Windows reserves that name',
    'LPT1.safetensors': 'Windows reserves that name',
    '': format,
    '..': format,
    '.safetensors': format,
    'x.safetensors.': format,
    'pytorch_model.bin': format,
    'x.safetensors.index.json': format,
  };
  for (const [name, problem] of Object.entries(bad)) {
    it(`${JSON.stringify(name)}: ${problem}`, () => assert.equal(problemOfShardName(name), problem));
  }
});
