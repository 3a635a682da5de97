import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readProbeItems } from '../../../src/host/panels/probePairs';
import { InputError } from '../../../src/shared/errors';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { factsOf, rowsOf } from '../probe/swapRows';

describe('readProbeItems', () => {
  const newFolder = temporaryFolders();
  const ids = ['a', 'b', 'c'];
  let pairsFolder: string;
  beforeEach(() => {
    pairsFolder = path.join(newFolder(), 'pairs');
    mkdirSync(path.join(pairsFolder, 'ocr/images'), { recursive: true });
    writeFileSync(path.join(pairsFolder, 'ocr/data.jsonl'), ids.map(line).join('\n'));
    for (const name of ids.flatMap((id) => [`${id}_t.png`, `${id}_s.png`])) writeFileSync(image(name), 'pixels');
  });

  const line = (id: string) =>
    JSON.stringify({
      id,
      task: 'ocr',
      target_image: `images/${id}_t.png`,
      source_image: `images/${id}_s.png`,
      prompt: 'Read it.',
      meta: { source_text: 'word' },
    });
  const image = (name: string) => path.join(pairsFolder, 'ocr/images', name);
  const query = { run: 'vision', function: 'ocr', layer: 1, only: 'all', from: 0, to: 100 } as const;
  const read = (part: Partial<Parameters<typeof readProbeItems>[1]> = {}, folder: string | null = pairsFolder) => {
    const run = {
      id: 'vision',
      role: null,
      state: 'finished',
      mine: true,
      message: null,
      device: 'cpu',
      progress: null,
      facts: factsOf({ ocr: ids }),
      rows: ids.flatMap((id) => rowsOf('ocr', id, 'xx.')),
      pairsFolder: folder,
    } as const;
    return readProbeItems(run, { ...query, ...part }, (file) => `address of ${file}`);
  };

  it('gives the addresses of both images', async () => {
    const { items, total } = await read({ from: 1, to: 2 });
    assert.equal(total, 3);
    assert.deepEqual(items, [
      {
        id: 'b',
        prompt: 'Read it.',
        original: 'b target',
        source: 'b source',
        text: 'b at 1',
        changed: true,
        adopted: false,
        targetImage: `address of ${image('b_t.png')}`,
        sourceImage: `address of ${image('b_s.png')}`,
      },
    ]);
  });

  it('gives no address of an image that is gone, or that is a link out of the folder', async () => {
    const secret = path.join(newFolder(), 'secret.png');
    writeFileSync(secret, 'pixels');
    rmSync(image('a_t.png'));
    rmSync(image('b_s.png'));
    symlinkSync(secret, image('b_s.png'));
    rmSync(image('c_t.png'));
    symlinkSync(image('a_s.png'), image('c_t.png'));
    const { items } = await read();
    assert.deepEqual(
      items.map(({ targetImage, sourceImage }) => [targetImage !== null, sourceImage !== null]),
      [
        [false, true],
        [true, false],
        [true, true],
      ],
    );
  });

  it('gives the answers where the pairs are gone or broken', async () => {
    rmSync(path.join(pairsFolder, 'ocr'), { recursive: true });
    for (const folder of [pairsFolder, null]) {
      const { items, total } = await read({}, folder);
      assert.equal(total, 3);
      assert.deepEqual([items[0]!.text, items[0]!.prompt, items[0]!.targetImage], ['a at 1', '', null]);
    }
  });

  it('reads no further than the run did', async () => {
    writeFileSync(path.join(pairsFolder, 'ocr/data.jsonl'), [...ids.map(line), 'broken'].join('\n'));
    assert.equal((await read()).items[0]!.prompt, 'Read it.');
  });

  it('refuses a function or layer that the run does not have', async () => {
    for (const part of [{ function: 'counting' }, { function: 'constructor' }, { layer: 3 }]) {
      await assert.rejects(read(part), (error) => error instanceof InputError && error.message.includes('"vision"'));
    }
  });
});
