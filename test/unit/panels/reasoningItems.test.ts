import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readReasoningItems } from '../../../src/host/panels/reasoningItems';
import { InputError } from '../../../src/shared/errors';
import { datasetItem } from '../../harness/datasetItem';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('readReasoningItems', () => {
  const newFolder = temporaryFolders();
  let folder: string;
  beforeEach(() => (folder = newFolder()));

  const ids = ['there', 'gone', 'outside', 'none'];
  const image = (id: string) => path.join(folder, `${id}.png`);
  const query = { part: 'languageModel', layer: 1, only: 'all', from: 0, to: 10 } as const;
  const read = (layer = 1, imageFolder: string | null = folder) => {
    const run = {
      id: 'reasoning',
      facts: {
        checkpoint: 'rl',
        scoring: 'generate' as const,
        layers: [{ part: 'languageModel' as const, layer: 1 }],
        items: ids,
        leftOut: [],
        dataset: 'math.jsonl',
      },
      rows: ids.map((id) => ({
        key: id,
        id,
        part: 'languageModel' as const,
        layer: 1,
        text: id,
        extracted: id,
        correct: true,
        logLikelihood: null,
      })),
    };
    const items = new Map(ids.map((id) => [id, datasetItem({ id, image: id === 'none' ? null : image(id) })]));
    return readReasoningItems(run, { items, imageFolder }, { ...query, layer }, (file) => `address of ${file}`);
  };

  it('gives addresses of images in the folder of the data set, and of no others', async () => {
    const secret = path.join(newFolder(), 'secret.png');
    writeFileSync(secret, 'pixels');
    writeFileSync(image('there'), 'pixels');
    symlinkSync(secret, image('outside'));
    const shown = async (imageFolder: string | null) =>
      (await read(1, imageFolder)).items.map(({ image: address }) => address);
    assert.deepEqual(await shown(folder), [`address of ${image('there')}`, null, null, null]);
    assert.deepEqual(await shown(null), [null, null, null, null]);
    rmSync(image('there'));
    assert.deepEqual(await shown(folder), [null, null, null, null]);
  });

  it('tells the page no paths', async () => {
    const { items, total } = await read();
    assert.equal(total, 4);
    assert.equal(JSON.stringify(items).includes(folder), false);
  });

  it('refuses a layer that the run does not have', async () => {
    await assert.rejects(read(2), (error) => error instanceof InputError && error.message.includes('"reasoning"'));
  });
});
