import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDataset } from '../../../src/core/evaluate/datasets/readDataset';
import { readTextFile } from '../../../src/core/files/containedFile';
import { noParquet } from '../../harness/noParquet';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const read = (given: string, query = {}) => readDataset(given, query, noParquet);

function write(root: string, files: Readonly<Record<string, unknown>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const lines = Array.isArray(content) ? content.map((line) => JSON.stringify(line)).join('\n') : null;
    writeFileSync(file, lines ?? JSON.stringify(content));
  }
  return root;
}

const vista = (pid: string, fields: object = {}) => ({
  pid,
  question: 'Is the sum of smallest two bar is greater then the largest bar?',
  image: `images/${pid}.jpg`,
  choices: ['Yes', 'No'],
  unit: null,
  precision: null,
  answer: 'Yes',
  question_type: 'multi_choice',
  answer_type: 'text',
  metadata: { category: 'general-vqa', skills: ['statistical reasoning'] },
  query: 'Hint: Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.',
  ...fields,
});
const math = { metadata: { category: 'math-targeted-vqa' }, choices: null, answer_type: 'float' };

describe("MathVista's testmini.json", () => {
  const files = {
    'data/testmini.json': {
      '1': vista('1'),
      '2': vista('2', { ...math, precision: 1, unit: '$', answer: '1.2' }),
      '3': vista('3', { ...math, precision: 1.5 }),
      '4': null,
    },
    'data/test.json': { '1': vista('1', { answer: '' }) },
  };

  it('is found in its folder, and read with its choices, units and precision', async () => {
    const root = write(folder(), files);
    const { items, leftOut, imageFolder } = await read(root);
    assert.deepEqual(items, [
      {
        ...{ id: '1', question: vista('1').question, answer: 'Yes', choices: ['Yes', 'No'], answerType: 'text' },
        image: path.join(root, 'data', 'images', '1.jpg'),
        ...{ unit: null, precision: null, description: null, reasoning: null, category: 'general-vqa' },
      },
      {
        ...{ id: '2', question: vista('1').question, answer: '1.2', choices: [], answerType: 'float' },
        image: path.join(root, 'data', 'images', '2.jpg'),
        ...{ unit: '$', precision: 1, description: null, reasoning: null, category: 'math-targeted-vqa' },
      },
    ]);
    assert.deepEqual(leftOut, [
      { id: '3', problem: '"precision" is wrong: expected int, received number' },
      { id: 'item "4"', problem: 'not a JSON object' },
    ]);
    assert.equal(imageFolder, path.join(root, 'data'));
  });

  it('is cut to a category', async () => {
    const root = write(folder(), files);
    const { items } = await read(root, { category: 'math-targeted-vqa' });
    assert.deepEqual(
      items.map(({ id }) => id),
      ['2'],
    );
  });

  it('is known by its fields, not by its name, nor by one row', async () => {
    const list = [{ question: 'no pid' }, vista('5'), vista('6')];
    const { items, leftOut } = await read(path.join(write(folder(), { 'x.jsonl': list }), 'x.jsonl'));
    assert.deepEqual(
      items.map(({ id }) => id),
      ['5', '6'],
    );
    assert.deepEqual(leftOut, [{ id: 'line 1', problem: '"pid" is missing' }]);
  });

  it('of the split without answers nothing can be used', async () => {
    const file = path.join(write(folder(), files), 'data/test.json');
    await refuses(read(file), `${file}: cannot use the item chosen; 1: "answer" is wrong: it is empty`);
  });
});

describe("MATH-500's test.jsonl", () => {
  it('is read with its subject and solution', async () => {
    const item = {
      problem: 'Compute $\\frac12 + \\frac13$.',
      solution: 'It is $\\boxed{\\frac56}$.',
      answer: '\\frac56',
      subject: 'Prealgebra',
      level: 1,
      unique_id: 'test/prealgebra/1.json',
    };
    const root = write(folder(), { 'test.jsonl': [item, { ...item, unique_id: undefined }, { ...item, level: 2 }] });
    const { items, leftOut, files } = await read(root);
    assert.deepEqual(items, [
      {
        ...{ id: item.unique_id, question: item.problem, answer: item.answer, reasoning: item.solution },
        ...{ category: 'Prealgebra', image: null, choices: [], description: null },
        ...{ answerType: null, unit: null, precision: null },
      },
    ]);
    assert.deepEqual(leftOut, [
      { id: 'line 2', problem: '"unique_id" is missing' },
      { id: item.unique_id, problem: 'an earlier item has the same id' },
    ]);
    assert.deepEqual(files, [path.join(root, 'test.jsonl')]);
  });
});

describe("GSM8K's test.jsonl", () => {
  it('is read up to the mark, and called by row', async () => {
    const answers = ['She has 2 * 9 = <<2*9=18>>18.\n#### 18', 'Much.\n#### 70,000', 'None', '####'];
    const root = write(folder(), { 'test.jsonl': answers.map((answer) => ({ question: 'How many?', answer })) });
    const { items, leftOut } = await read(root);
    assert.deepEqual(
      items.map(({ id, answer, reasoning }) => [id, answer, reasoning]),
      [
        ['0', '18', 'She has 2 * 9 = <<2*9=18>>18.'],
        ['1', '70000', 'Much.'],
      ],
    );
    assert.deepEqual(leftOut, [
      { id: '2', problem: '"answer" has nothing after ####' },
      { id: '3', problem: '"answer" has nothing after ####' },
    ]);
  });
});

describe('the Hugging Face cache', () => {
  const item = (id: string) => ({ id, question: 'q', answer: 'a', image: 'images/x.png' });
  let hub: string;
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.HF_HUB_CACHE;
    process.env.HF_HUB_CACHE = hub = folder();
  });
  afterEach(() => {
    if (before === undefined) delete process.env.HF_HUB_CACHE;
    else process.env.HF_HUB_CACHE = before;
  });

  it('gives the snapshot of main, by name and by folder', async () => {
    const repository = write(path.join(hub, 'datasets--a--b'), {
      'snapshots/0001/test.jsonl': [item('main')],
      'snapshots/0002/test.jsonl': [item('other')],
    });
    mkdirSync(path.join(repository, 'refs'));
    writeFileSync(path.join(repository, 'refs', 'main'), '0001');
    const { items, files } = await read('hf:a/b');
    assert.equal(items[0]!.id, 'main');
    assert.deepEqual(files, [path.join(repository, 'snapshots', '0001', 'test.jsonl')]);
    assert.equal((await read(repository)).items[0]!.id, 'main');
  });

  it('gives the newest snapshot where main is not there', async () => {
    const repository = write(path.join(hub, 'datasets--a--b'), {
      'snapshots/0001/test.jsonl': [item('old')],
      'snapshots/0002/test.jsonl': [item('new')],
    });
    utimesSync(path.join(repository, 'snapshots', '0001'), 1, 1);
    assert.equal((await read('hf:a/b')).items[0]!.id, 'new');
  });

  it('lets images be links to its blobs, and to nothing else', async () => {
    const repository = write(path.join(hub, 'datasets--a--b'), {
      'blobs/abc': 'blob',
      'snapshots/0001/data/test.jsonl': [item('1')],
    });
    const images = path.join(repository, 'snapshots/0001/data/images');
    mkdirSync(images);
    symlinkSync('../../../../blobs/abc', path.join(images, 'x.png'));
    writeFileSync(path.join(hub, 'secret'), 'secret');
    symlinkSync(path.join(hub, 'secret'), path.join(images, 'y.png'));
    const { items, imageFolder } = await read('hf:a/b');
    const open = (file: string) => readTextFile(file, { limit: 100, within: imageFolder });
    assert.equal(await open(items[0]!.image!), '"blob"');
    await refuses(open(path.join(images, 'y.png')), /outside of/);
  });

  it('says what it has not, and how to get it', async () => {
    await refuses(
      read('hf:a/b'),
      /^hf:a\/b is not in the Hugging Face cache: there is no snapshot in .*datasets--a--b$/,
    );
    await assert.rejects(read('hf:a/b'), { mend: 'Run: hf download --repo-type dataset a/b' });
    for (const name of ['hf:a', 'hf:../b', 'hf:a/b/c', 'hf:a/..']) {
      await refuses(read(name), `"${name}" names no data set`);
    }
  });
});
