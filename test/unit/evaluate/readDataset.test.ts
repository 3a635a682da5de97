import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDataset } from '../../../src/core/evaluate/datasets/readDataset';
import type { DatasetQuery } from '../../../src/core/evaluate/dataset';
import { noParquet } from '../../harness/noParquet';
import { refuses } from '../../harness/refuses';
import { sampleLab } from '../../harness/experimentFile';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const item = (id: unknown, fields: object = {}) =>
  JSON.stringify({ id, question: `What is ${String(id)}?`, answer: '1', ...fields });

function write(content: string | Uint8Array, name = 'set.jsonl'): string {
  const file = path.join(folder(), name);
  writeFileSync(file, content);
  return file;
}
const read = (file: string, query: DatasetQuery = {}) => readDataset(file, query, noParquet);

describe('a JSONL data set', () => {
  it('has all fields that an item may have', async () => {
    const fields = { image: 'images/a.png', choices: ['x', 2], description: 'd', reasoning: 'r', category: 'c' };
    const file = write(item('a', { ...fields, extra: { deep: [1] } }));
    const { items, leftOut, files, imageFolder } = await read(file);
    assert.deepEqual(items, [
      {
        ...{ id: 'a', question: 'What is a?', answer: '1', description: 'd', reasoning: 'r', category: 'c' },
        image: path.join(path.dirname(file), 'images', 'a.png'),
        choices: ['x', '2'],
        ...{ answerType: null, unit: null, precision: null },
      },
    ]);
    assert.deepEqual(leftOut, []);
    assert.deepEqual(files, [file]);
    assert.equal(imageFolder, path.dirname(file));
  });

  it('takes null and empty texts for what is not there, and numbers for ids and answers', async () => {
    const nothing = { image: '', choices: null, description: null, reasoning: ' ', category: undefined };
    const [read1] = (await read(write(item(7, { answer: 1.5, ...nothing })))).items;
    assert.deepEqual([read1!.id, read1!.answer], ['7', '1.5']);
    const { image, choices, description, reasoning, category } = read1!;
    assert.deepEqual([image, choices, description, reasoning, category], [null, [], null, null, null]);
  });

  it('may begin with a byte order mark, end lines in CRLF and have blank ones', async () => {
    const { items, leftOut } = await read(write(`\ufeff${item('a')}\r\n\r\n \n${item('b')}`));
    assert.deepEqual(
      items.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.deepEqual(leftOut, []);
  });

  const broken: [what: string, line: string | Uint8Array, id: string, problem: string | RegExp][] = [
    ['JSON that is none', '{"id": "b"', 'line 2', /^not JSON: /],
    ['an array', '[1]', 'line 2', 'not a JSON object'],
    ['null', 'null', 'line 2', 'not a JSON object'],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe), 'line 2', 'not UTF-8 text'],
    ['a line without end', item('b', { x: 'x'.repeat(2 ** 20) }), 'line 2', 'more than 1048576 bytes'],
    ['no id', item(undefined), 'line 2', '"id" is missing'],
    ['no question', item('b', { question: undefined }), 'b', '"question" is missing'],
    ['an empty question', item('b', { question: ' ' }), 'b', '"question" is wrong: it is empty'],
    ['no answer', item('b', { answer: undefined }), 'b', '"answer" is missing'],
    ['a null for an answer', item('b', { answer: null }), 'b', '"answer" is wrong: expected a text or a number'],
    ['a list for an answer', item('b', { answer: [1] }), 'b', '"answer" is wrong: expected a text or a number'],
    ['an answer beyond 2^53', '{"id":"b","question":"q","answer":9007199254740993}', 'b', /"answer" .* write a text/],
    ['a text for choices', item('b', { choices: 'AB' }), 'b', /^"choices" is wrong: expected array/],
    ['27 choices', item('b', { choices: Array(27).fill('x') }), 'b', '"choices" is wrong: more than 26 choices'],
    ['an object for a category', item('b', { category: {} }), 'b', '"category" is wrong: expected a text or a number'],
    ['an id twice', item('a'), 'a', 'an earlier item has the same id'],
    ['an image outside', item('b', { image: '../x.png' }), 'b', '"image" leaves the folder of the data set: ../x.png'],
    ['an absolute image', item('b', { image: '/x.png' }), 'b', '"image" leaves the folder of the data set: /x.png'],
    ['the folder for an image', item('b', { image: '.' }), 'b', '"image" leaves the folder of the data set: .'],
  ];
  for (const [what, line, id, problem] of broken) {
    it(`leaves out ${what} and says why`, async () => {
      const content = [item('a'), line, item('c')].flatMap((part) => [Buffer.from(part), Buffer.from('\n')]);
      const { items, leftOut } = await read(write(Buffer.concat(content)));
      assert.deepEqual(
        items.map((usable) => usable.id),
        ['a', 'c'],
      );
      assert.equal(leftOut.length, 1);
      assert.equal(leftOut[0]!.id, id);
      if (typeof problem === 'string') assert.equal(leftOut[0]!.problem, problem);
      else assert.match(leftOut[0]!.problem, problem);
    });
  }

  it('counts an item that cannot be used as chosen, and one with the id of a broken one as the first', async () => {
    const file = write([item('a', { answer: null }), item('a'), item('b')].join('\n'));
    const { items, leftOut } = await read(file, { limit: 2 });
    assert.deepEqual([items.map(({ id }) => id), leftOut.map(({ id }) => id)], [['a'], ['a']]);
  });

  it('is refused where nothing of it can be used', async () => {
    const missing = path.join(folder(), 'none.jsonl');
    await refuses(read(missing), `cannot read ${missing}: it does not exist`);
    const empty = write('\n \n');
    await refuses(read(empty), `${empty}: no items`);
    const zip = write(Buffer.from('PK\x03\x04\xff\xff\n\xfe', 'latin1'));
    await refuses(read(zip), `${zip}: cannot use any of the 2 items chosen; line 1: not UTF-8 text`);
    const one = write(item('a', { answer: '' }));
    await refuses(read(one), `${one}: cannot use the item chosen; a: "answer" is wrong: it is empty`);
  });

  it('names images through a link as they are named: whether they may be read is seen then', async () => {
    const file = write(item('a', { image: 'link/a.png' }));
    symlinkSync('/', path.join(path.dirname(file), 'link'));
    assert.equal((await read(file)).items[0]!.image, path.join(path.dirname(file), 'link', 'a.png'));
  });
});

describe('which items are chosen', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => item(i, { category: i % 2 ? 'odd' : 'even' }));
  const ids = async (file: string, query: DatasetQuery) => (await read(file, query)).items.map(({ id }) => Number(id));

  it('the first ones, or a sample as the authors draw it', async () => {
    const file = write(lines(500).join('\n'));
    assert.deepEqual(await ids(file, { limit: 3 }), [0, 1, 2]);
    assert.equal((await ids(file, { limit: 501 })).length, 500);
    assert.equal((await ids(file, { limit: 501, seed: 1 })).length, 500);
    assert.equal((await ids(file, { seed: 1 })).length, 500);
    const sample = await ids(file, { limit: 100, seed: 123 });
    assert.deepEqual(sample.slice(0, 12), [5, 9, 11, 13, 15, 24, 26, 33, 34, 36, 41, 42]);
    assert.equal(
      sample.reduce((a, b) => a + b),
      23294,
    );
  });

  it('among those of a category', async () => {
    const file = write(lines(1000).join('\n'));
    assert.deepEqual(await ids(file, { category: 'odd', limit: 2 }), [1, 3]);
    const sample = await ids(file, { category: 'odd', limit: 100, seed: 123 });
    assert.deepEqual(
      sample.slice(0, 5),
      [5, 9, 11, 13, 15].map((i) => 2 * i + 1),
    );
    await refuses(read(file, { category: 'none' }), `${file}: no item is of the category "none"`);
    await assert.rejects(read(file, { category: 'none' }), { mend: 'It has even, odd.' });
  });

  it('tells of lines that cannot be read, whatever the category', async () => {
    const file = write(['{', ...lines(3)].join('\n'));
    const { items, leftOut } = await read(file, { category: 'odd' });
    assert.deepEqual([items.length, leftOut.map(({ id }) => id)], [1, ['line 1']]);
  });

  it('with no seed that NumPy does not take', async () => {
    const file = write(lines(2).join('\n'));
    for (const seed of [2 ** 32, -1, 0.5]) {
      await refuses(read(file, { limit: 1, seed }), `the seed ${seed} cannot be used`);
    }
    assert.equal((await ids(file, { limit: 1, seed: 2 ** 32 - 1 })).length, 1);
  });
});

describe("the sample lab's data sets", () => {
  for (const [name, images, descriptions] of [
    ['vision', 100, 0],
    ['vision_to_reasoning', 100, 100],
    ['reasoning', 0, 0],
  ] as const) {
    it(`${name} has 100 items`, async () => {
      const { items, leftOut } = await read(path.resolve(sampleLab, 'evaluation', `${name}.jsonl`));
      assert.equal(items.length, 100);
      assert.deepEqual(leftOut, []);
      assert.equal(items.filter(({ image }) => image !== null).length, images);
      assert.equal(items.filter(({ description }) => description !== null).length, descriptions);
    });
  }
});

describe('a folder', () => {
  it('that has nothing, or several sets, is refused with what to do', async () => {
    const root = folder();
    await refuses(read(root), `${root}: no data set`);
    mkdirSync(path.join(root, 'data'));
    writeFileSync(path.join(root, 'data', 'one.jsonl'), item('a'));
    assert.equal((await read(root)).items.length, 1);
    writeFileSync(path.join(root, 'two.jsonl'), item('b'));
    await refuses(read(root), `${root}: 2 files and no test split among them`);
    writeFileSync(path.join(root, 'test.jsonl'), item('c'));
    assert.equal((await read(root)).items[0]!.id, 'c');
  });
});
