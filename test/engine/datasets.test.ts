/** Data sets in parquet files, read as the engine reads them: in the sandbox process. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DatasetQuery } from '../../src/core/evaluate/dataset';
import { readDataset } from '../../src/core/evaluate/datasets/readDataset';
import { sha256OfFile } from '../../src/core/files/sha256';
import { SharpImageDecoder } from '../../src/engine/imageDecoder';
import { SandboxClient } from '../../src/engine/sandboxClient';
import { refuses } from '../harness/refuses';
import { temporaryFolders } from '../harness/temporaryFolders';

const fixtures = path.resolve('test/fixtures/datasets');
const folder = temporaryFolders();

describe('a parquet data set', () => {
  const sandbox = new SandboxClient(path.resolve('dist'));
  const before = (['XDG_CACHE_HOME', 'LOCALAPPDATA'] as const).map((name) => [name, process.env[name]] as const);
  let cache: string;
  beforeEach(() => {
    cache = folder();
    Object.assign(process.env, { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
  });
  after(() => {
    sandbox.stop();
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  const read = (given: string, query: DatasetQuery = {}) =>
    readDataset(path.resolve(fixtures, given), query, sandbox.parquet);
  /** A copy of a fixture with some of its bytes changed. */
  const damaged = (name: string, change: (bytes: Buffer) => Uint8Array): string => {
    const bytes = readFileSync(path.join(fixtures, name));
    const file = path.join(folder(), 'damaged.parquet');
    writeFileSync(file, change(bytes));
    return file;
  };

  it('MathVista: fields of every type, categories in metadata, and images as files named by content', async () => {
    const { items, leftOut, files, imageFolder } = await read('mathvista');
    assert.deepEqual(leftOut, []);
    assert.deepEqual(files, [path.join(fixtures, 'mathvista/data/testmini-00000-of-00001.parquet')]);
    assert.equal(imageFolder, path.join(cache, 'frankenstein-lab', 'images'));
    assert.deepEqual(
      items.map(({ id, category }) => [id, category]),
      ['1', '2', '3', '4', '5', '6'].map((id) => [id, Number(id) <= 4 ? 'general-vqa' : 'math-targeted-vqa']),
    );
    const { image, ...fourth } = items[3]!;
    assert.deepEqual(fourth, {
      ...{ id: '4', question: 'How many sides has figure 4?', answer: '1.2', choices: [], answerType: 'float' },
      ...{ unit: 'cm', precision: 1, description: null, reasoning: null, category: 'general-vqa' },
    });
    assert.deepEqual(items[0]!.choices, ['3', '4', '5']);
    assert.deepEqual(
      items.map((item) => path.extname(item.image!)),
      ['.png', '.jpg', '.webp', '.png', '.jpg', '.webp'],
    );
    assert.equal(path.basename(image!, '.png'), await sha256OfFile(image!));
    const decoder = new SharpImageDecoder();
    for (const [i, item] of items.entries()) {
      assert.deepEqual(await decoder.size(item.image!, imageFolder), { width: 8 + i, height: 8 });
    }
  });

  it('writes only images that were chosen, and those only once', async () => {
    const { items, imageFolder } = await read('mathvista', { category: 'math-targeted-vqa', limit: 1 });
    assert.deepEqual(
      items.map(({ id }) => id),
      ['5'],
    );
    const [name, ...others] = readdirSync(imageFolder);
    assert.deepEqual(others, []);
    const written = statSync(path.join(imageFolder, name!), { bigint: true }).ino;
    await read('mathvista', { limit: 6 });
    assert.equal(statSync(path.join(imageFolder, name!), { bigint: true }).ino, written);
    assert.equal(readdirSync(imageFolder).length, 6);
  });

  it('leaves out items whose image is no PNG, JPEG or WebP, or only a name; null is no image', async () => {
    const { items, leftOut } = await read('images.parquet');
    assert.deepEqual(
      items.map(({ id, image }) => [id, image === null]),
      [
        ['1', false],
        ['3', true],
      ],
    );
    assert.deepEqual(leftOut, [
      { id: '2', problem: 'its image: its format is GIF' },
      { id: '4', problem: 'the image is not in the file, only its name' },
    ]);
  });

  it('GSM8K, the test split of the folder main', async () => {
    const { items, leftOut } = await read('gsm8k');
    assert.deepEqual(leftOut, []);
    assert.deepEqual(
      items.map(({ id, answer }) => [id, answer]),
      ['1000', '2000', '3000', '4000', '5000'].map((answer, i) => [String(i), answer]),
    );
    assert.equal(items[0]!.reasoning, '1 + 1 = <<1+1=2>>2.');
  });

  it('MATH-500, by category', async () => {
    const { items } = await read('math500.parquet', { category: 'Algebra' });
    assert.deepEqual(
      items.map(({ id, question, answer }) => [id, question, answer]),
      [
        ['test/algebra/1.json', 'Find $1^2$.', '1'],
        ['test/algebra/3.json', 'Find $3^2$.', '9'],
      ],
    );
  });

  it('in several parts: rows are counted through, and no part may be missing', async () => {
    const { items, files } = await read('parts');
    assert.deepEqual(
      items.map(({ id }) => id),
      ['0', '1', '2', '3', '4'],
    );
    assert.equal(files.length, 2);
    const root = folder();
    cpSync(path.join(fixtures, 'parts'), root, { recursive: true });
    rmSync(path.join(root, 'test-00000-of-00002.parquet'));
    await refuses(read(root), `${root}: the split "test" has 2 parts, and 1 files are there`);
  });

  it('with our own fields, whole numbers beyond 2^53 included', async () => {
    const [item] = (await read('own.parquet')).items;
    assert.deepEqual([item!.id, item!.answer, item!.category], ['1', String(2n ** 60n), 'c']);
  });

  it('is known by its first bytes too', async () => {
    const file = path.join(folder(), 'data.bin');
    cpSync(path.join(fixtures, 'math500.parquet'), file);
    assert.equal((await read(file)).items.length, 4);
  });

  const checksums = [
    ['checksums.parquet', 'What is 3'],
    ['checksums2.parquet', 'What is'],
  ] as const;
  for (const [name, content] of checksums) {
    it(`that has checksums is held against them: ${name}`, async () => {
      assert.equal((await read(name)).items.length, 5);
      const at = readFileSync(path.join(fixtures, name)).indexOf(content);
      assert.ok(at > 0);
      const file = damaged(name, (bytes) => ((bytes[at]! ^= 1), bytes));
      await refuses(
        read(file),
        `${file}: cannot be read as parquet (a page of the column "question" does not match its checksum)`,
      );
    });
  }

  it('whose page is damaged is refused', async () => {
    const file = damaged('gsm8k/main/test-00000-of-00001.parquet', (bytes) => bytes.fill(0xff, 30, 120));
    await refuses(read(file), new RegExp(`^${file}: cannot be read as parquet`));
  });

  it('that was cut off, is empty or no parquet at all is refused', async () => {
    const cut = damaged('math500.parquet', (bytes) => bytes.subarray(0, 500));
    await refuses(read(cut), `${cut}: cannot be read as parquet (parquet file invalid (footer != PAR1))`);
    const empty = damaged('math500.parquet', () => new Uint8Array());
    await refuses(read(empty), new RegExp(`^${empty}: cannot be read as parquet`));
    const text = damaged('math500.parquet', () => Buffer.from('PAR1 and nothing else'));
    await refuses(read(text), new RegExp(`^${text}: cannot be read as parquet`));
  });

  it('whose footer claims a huge length is refused', async () => {
    const file = damaged('math500.parquet', (bytes) => {
      bytes.writeUInt32LE(0xfffffff0, bytes.length - 8);
      return bytes;
    });
    await refuses(read(file), /: cannot be read as parquet \(parquet metadata length 4294967280 exceeds available/);
  });

  it('that grows beyond all bounds is refused: texts are counted, and memory ends the sandbox alone', async () => {
    const texts = path.join(fixtures, 'bombs/texts.parquet');
    await refuses(read(texts), `${texts}: cannot be read as parquet (its texts have more than 134217728 characters)`);
    const nulls = path.join(fixtures, 'bombs/nulls.parquet');
    await refuses(read(nulls), new RegExp(`^${nulls}: cannot be read as parquet: the sandbox (was )?ended `));
    assert.equal((await read('own.parquet')).items.length, 1);
  });

  it('never harms its reader, whatever is changed in it: rows, or an error that names the file', async () => {
    let state = 1;
    const random = (below: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below;
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      const file = damaged('images.parquet', (bytes) => {
        const footer = bytes.readUInt32LE(bytes.length - 8);
        for (let j = 0; j < 2; j++) bytes[bytes.length - 9 - random(footer)] = random(256);
        return bytes;
      });
      await read(file).catch((error: Error) => {
        assert.equal(error.name, 'InputError', error.stack);
        assert.ok(error.message.startsWith(`${file}: `), error.message);
        refused++;
      });
    }
    assert.ok(refused > 0 && refused < 60, `${refused} of 60 were refused`);
  });

  it('says where images would be put when that cannot be written', async () => {
    writeFileSync(path.join(cache, 'frankenstein-lab'), 'a file in the way');
    await refuses(
      read('mathvista'),
      `images of parquet files are put into ${path.join(cache, 'frankenstein-lab', 'images')}, which cannot be written`,
    );
  });
});
