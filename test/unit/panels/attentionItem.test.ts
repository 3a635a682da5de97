import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAttentionItem } from '../../../src/host/panels/attentionItem';
import { DatasetItems } from '../../../src/host/panels/datasetItems';
import type { AttentionFacts, AttentionRow } from '../../../src/shared/attentionResults';
import { InputError } from '../../../src/shared/errors';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('readAttentionItem', () => {
  const newFolder = temporaryFolders();
  let folder: string;
  const ids = ['a', 'b'];
  const image = (name: string) => path.join(folder, 'set/images', name);
  beforeEach(() => {
    folder = newFolder();
    mkdirSync(path.join(folder, 'set/images'), { recursive: true });
    const lines = ids.map((id) => JSON.stringify({ id, image: `images/${id}.png`, question: `${id}?`, answer: '1' }));
    writeFileSync(path.join(folder, 'set/vision.jsonl'), lines.join('\n'));
    for (const id of ids) writeFileSync(image(`${id}.png`), 'pixels');
  });

  const facts: AttentionFacts = {
    checkpoints: ['in', 'rl'],
    span: 'generated',
    text: 'in',
    layers: [0],
    items: ids,
    leftOut: [],
    dataset: 'set/vision.jsonl',
  };
  const rows = ids.flatMap((id) =>
    ['in', 'rl'].map((checkpoint): AttentionRow => {
      const measured = { mass: 0.1, perToken: 0.1, sink: 0.1, imageSink: 0, tokens: 1, largest: 0.1 };
      return { key: `${checkpoint}/${id}/0`, checkpoint, id, layer: 0, ...measured, grids: [[1, 1]], patches: '/w==' };
    }),
  );

  async function read(id: string, { known = true } = {}) {
    const place = { directory: known ? folder : path.join(folder, 'elsewhere') };
    const datasets = new DatasetItems();
    const run = { id: 'attention', facts, rows };
    return readAttentionItem(run, id, { place, datasets }, (file) => `address of ${file}`);
  }

  it('gives the rows of one item, what was asked, and the address of its image', async () => {
    const item = await read('b');
    assert.deepEqual([item.id, item.question, item.image], ['b', 'b?', `address of ${image('b.png')}`]);
    assert.deepEqual(
      item.rows.map(({ key }) => key),
      ['in/b/0', 'rl/b/0'],
    );
  });

  it('gives no address of an image that is gone, or that is a link out of the data set’s folder', async () => {
    const secret = path.join(newFolder(), 'secret.png');
    writeFileSync(secret, 'pixels');
    for (const id of ids) rmSync(image(`${id}.png`));
    symlinkSync(secret, image('a.png'));
    for (const id of ids) {
      const item = await read(id);
      assert.deepEqual([item.question, item.image, item.rows.length], [`${id}?`, null, 2]);
    }
  });

  it('gives the rows where the data set or the experiment file is gone', async () => {
    const unknown = await read('a', { known: false });
    rmSync(path.join(folder, 'set'), { recursive: true });
    for (const item of [unknown, await read('a')]) {
      assert.deepEqual([item.question, item.image, item.rows.length], [null, null, 2]);
    }
  });

  it('refuses an item that the run does not have', async () => {
    await assert.rejects(read('c'), (error) => error instanceof InputError && error.message.includes('"attention"'));
  });
});
