import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAbilityItems } from '../../../src/host/panels/abilitiesItems';
import { InputError } from '../../../src/shared/errors';
import type { ItemsQuery } from '../../../src/shared/protocol/abilities';
import { datasetItem } from '../../harness/datasetItem';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('readAbilityItems', () => {
  const newFolder = temporaryFolders();
  let folder: string;
  beforeEach(() => (folder = newFolder()));

  const ids = ['there', 'gone', 'outside', 'none'];
  const image = (id: string) => path.join(folder, `${id}.png`);
  const run = {
    id: 'abilities',
    facts: {
      checkpoints: ['in', 'rl'],
      chain: ['in', 'rl'],
      abilities: {
        reasoning: { dataset: 'math.jsonl', settings: ['text' as const], items: ids, leftOut: [], floor: null },
      },
      samples: 1,
    },
    rows: ids.map((id) => {
      const row = { checkpoint: 'in', ability: 'reasoning', setting: 'text' as const, id, text: id, extracted: id };
      return { key: id, ...row, correct: id === 'there' };
    }),
  };
  const query: ItemsQuery = { ability: 'reasoning', filter: { kind: 'all' }, search: '', from: 0, to: 10 };
  const asked: string[] = [];
  const read = (part: Partial<ItemsQuery> = {}, imageFolder: string | null = folder) => {
    const items = new Map(ids.map((id) => [id, datasetItem({ id, image: id === 'none' ? null : image(id) })]));
    const known = (dataset: string) => (asked.push(dataset), Promise.resolve({ items, imageFolder }));
    return readAbilityItems(run, known, { ...query, ...part }, (file) => `address of ${file}`);
  };

  it('gives addresses of images in the folder of the data set, and of no others', async () => {
    const secret = path.join(newFolder(), 'secret.png');
    writeFileSync(secret, 'pixels');
    writeFileSync(image('there'), 'pixels');
    symlinkSync(secret, image('outside'));
    const shown = async (imageFolder: string | null) =>
      (await read({}, imageFolder)).items.map(({ image: address }) => address);
    assert.deepEqual(await shown(folder), [`address of ${image('there')}`, null, null, null]);
    assert.deepEqual(await shown(null), [null, null, null, null]);
    rmSync(image('there'));
    assert.deepEqual(await shown(folder), [null, null, null, null]);
    assert.deepEqual([...new Set(asked)], ['math.jsonl']);
  });

  it('tells the page no paths', async () => {
    const { items, total } = await read();
    assert.equal(total, 4);
    assert.equal(JSON.stringify(items).includes(folder), false);
  });

  it('lists what a filter leaves', async () => {
    const { items, total } = await read({ filter: { kind: 'verdict', checkpoint: 'in', right: true } });
    assert.deepEqual([items.map(({ id }) => id), total], [['there'], 1]);
  });

  it('refuses abilities and checkpoints that the run does not have', async () => {
    const refused: Partial<ItemsQuery>[] = [
      { ability: 'vision' },
      { ability: 'constructor' },
      { filter: { kind: 'verdict', checkpoint: 'base', right: true } },
      { filter: { kind: 'transition', a: 'in', b: 'toString', cell: 'FT' } },
    ];
    for (const part of refused) {
      await assert.rejects(read(part), (error) => error instanceof InputError && error.message.includes('"abilities"'));
    }
  });
});
