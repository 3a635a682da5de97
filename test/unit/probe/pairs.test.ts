import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPairs } from '../../../src/core/probe/pairs';
import { InputError } from '../../../src/shared/errors';
import { itInFull } from '../../harness/full';

describe('readPairs', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'frankenstein-pairs-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const pair = (id: string, fields: object = {}) => ({
    id,
    task: 'counting',
    target_image: `images/${id}_t.png`,
    source_image: `images/${id}_s.png`,
    prompt: 'How many items are there in the image?',
    meta: { target_answer: '2', source_answer: '5' },
    ...fields,
  });
  const line = (id: string, fields: object = {}) => JSON.stringify(pair(id, fields));
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'data.jsonl'), content);
  };
  const refuses = (message: RegExp | string, functions?: string[]) =>
    assert.rejects(readPairs(folder, functions), (error: unknown) => {
      assert.ok(error instanceof InputError && error.mend, String(error));
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });

  it("reads the authors' format", async () => {
    write('counting', `${line('a')}\n${line('b', { hf_split: 'train' })}\n`);
    const { functions, files } = await readPairs(folder);
    assert.deepEqual(functions.get('counting')![1], {
      function: 'counting',
      id: 'b',
      targetImage: path.join(folder, 'counting/images/b_t.png'),
      sourceImage: path.join(folder, 'counting/images/b_s.png'),
      prompt: 'How many items are there in the image?',
      meta: { target_answer: '2', source_answer: '5' },
      line: 2,
    });
    assert.deepEqual(files, [path.join(folder, 'counting/data.jsonl')]);
  });

  it('keeps what else a meta says, and takes numbers for answers', async () => {
    const meta = { source_answer: 5, hf_dataset: 'x', canvas_size: [4, 4] };
    write('counting', line('a', { meta }));
    const [read] = (await readPairs(folder)).functions.get('counting')!;
    assert.deepEqual(read!.meta, { ...meta, source_answer: '5' });
  });

  it('knows the order of the functions', async () => {
    const meta = { source_answer: 'x', source_text: 'x', source_bbox_xyxy: [0, 0, 1, 1] };
    for (const name of ['zebra', 'ocr', 'mood', 'grounding', 'recognition', 'counting'])
      write(name, line('a', { meta }));
    mkdirSync(path.join(folder, 'images'));
    const all = await readPairs(folder);
    assert.deepEqual([...all.functions.keys()], ['recognition', 'counting', 'ocr', 'grounding', 'mood', 'zebra']);
    const some = await readPairs(folder, ['zebra', 'ocr']);
    assert.deepEqual([...some.functions.keys()], ['zebra', 'ocr']);
  });

  it('takes the first of each function up to the limit, and reads no further', async () => {
    write('counting', `${line('a')}\n${line('b')}\nbroken`);
    const { functions } = await readPairs(folder, undefined, 2);
    assert.deepEqual(
      functions.get('counting')!.map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('defines byte order marks, CRLF, empty lines and a last line without an end', async () => {
    write('counting', `\ufeff${line('a')}\r\n\r\n  \n${line('b', { prompt: 'a\u2028b' })}`);
    const pairs = (await readPairs(folder)).functions.get('counting')!;
    assert.deepEqual(
      pairs.map(({ id, line: at }) => [id, at]),
      [
        ['a', 1],
        ['b', 4],
      ],
    );
    assert.equal(pairs[1]!.prompt, 'a\u2028b');
  });

  it('reads an empty file as no pairs', async () => {
    write('counting', '');
    assert.deepEqual((await readPairs(folder)).functions.get('counting'), []);
  });

  const broken: [what: string, second: string, message: RegExp][] = [
    ['JSON that is none', '{"id": "b"', /not JSON/],
    ['an array', '[1]', /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a missing field', line('b', { prompt: undefined }), /"prompt" is missing/],
    ['a missing meta', line('b', { meta: undefined }), /"meta" is missing/],
    ['a missing truth', line('b', { meta: { source_text: 'x' } }), /"meta.source_answer" is missing/],
    ['a wrong type', line('b', { id: 7 }), /"id" is wrong: expected string, received number/],
    [
      'an answer that is none',
      line('b', { meta: { source_answer: null } }),
      /"meta.source_answer" is wrong: expected a text or a number/,
    ],
    ['an empty id', line('b', { id: '' }), /"id" is wrong/],
    [
      'a box of three',
      line('b', { meta: { source_answer: '1', source_bbox_xyxy: [1, 2, 3] } }),
      /meta.source_bbox_xyxy/,
    ],
    [
      'a threshold above 1',
      line('b', { meta: { source_answer: '1', iou_threshold: 50 } }),
      /"meta.iou_threshold" is wrong/,
    ],
    ['an id twice', line('a'), /the id "a" is that of line 1 too/],
    [
      'an image outside',
      line('b', { target_image: '../../x.png' }),
      /"target_image" leaves the pairs folder: \.\.\/\.\.\/x\.png/,
    ],
    ['an absolute image', line('b', { source_image: '/etc/passwd' }), /"source_image" leaves the pairs folder/],
    ['a line without end', line('b', { prompt: 'x'.repeat(2 ** 20) }), /more than 1048576 bytes/],
  ];
  for (const [what, second, message] of broken) {
    it(`refuses ${what}, with file and line`, async () => {
      write('counting', `${line('a')}\n${second}\n`);
      await refuses(message);
      await refuses(new RegExp(`^${path.join(folder, 'counting', 'data.jsonl')}:2: `));
    });
  }

  it('allows images that several functions share', async () => {
    write('counting', line('a', { target_image: '../shared/x.png' }));
    const [read] = (await readPairs(folder)).functions.get('counting')!;
    assert.equal(read!.targetImage, path.join(folder, 'shared/x.png'));
  });

  it('refuses a function that is not there, and says which are', async () => {
    write('counting', line('a'));
    write('mood', line('a'));
    await refuses(`${folder}: there are no pairs for "ocr"`, ['counting', 'ocr']);
    await refuses(/there are no pairs for "\.\.\/secret"/, ['../secret']);
    await assert.rejects(readPairs(folder, ['ocr']), { mend: 'It has counting, mood.' });
  });

  it('refuses a folder without pairs, and one that is not there', async () => {
    await refuses(`${folder}: no pairs`);
    await assert.rejects(readPairs(path.join(folder, 'missing')), InputError);
  });

  it('refuses text that is not UTF-8', async () => {
    write('counting', Buffer.concat([Buffer.from(line('a')), Buffer.from([0x0a, 0xff, 0xfe])]));
    await refuses(/data\.jsonl:2: not UTF-8 text/);
  });

  itInFull("reads all of the authors' data set", async () => {
    const { functions } = await readPairs('../shared/pairs');
    assert.deepEqual(
      [...functions].map(([name, pairs]) => [name, pairs.length]),
      [
        ['recognition', 100],
        ['counting', 100],
        ['ocr', 100],
        ['grounding', 100],
      ],
    );
  });
});
