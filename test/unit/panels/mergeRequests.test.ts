import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MergeImages } from '../../../src/host/panels/mergeImages';
import { folderName, freeName, stepName } from '../../../src/host/panels/mergeNames';
import { checked } from '../../../src/host/panels/mergeRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the merge wizard asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('paints places that there can be', () => {
    const paint = {
      hybrid: 'x',
      donor: 'in',
      places: [{ part: 'skeleton' }, { part: 'vision' }, { part: 'languageModel', layer: 3, component: 'mlp' }],
    };
    assert.deepEqual(checked('paint', paint), paint);
    const place = { part: 'languageModel', layer: 3, component: null };
    const wrong = [
      { ...place, layer: -1 },
      { ...place, layer: 0.5 },
      { ...place, component: 'bias' },
      { part: 'languageModel' },
      { part: 'body' },
      'head',
    ];
    for (const one of wrong) refuses('paint', { ...paint, places: [one] });
    refuses('paint', { ...paint, places: [] }, { ...paint, donor: '' }, { ...paint, donor: 3 }, null);
  });

  it('is refused where it is not what it should be', () => {
    const trial = { hybrid: 'x', prompt: 'Hello', image: null, maxNewTokens: 8 };
    assert.deepEqual(checked('try', trial), trial);
    refuses('try', { ...trial, prompt: '' }, { ...trial, maxNewTokens: 0 }, { ...trial, image: ['/etc/passwd'] });
    refuses(
      'preset',
      { hybrid: 'x', preset: { kind: 'gradient' } },
      { hybrid: 'x', preset: { kind: 'regions', donors: ['a', 'b'] } },
    );
    refuses('add', { hybrids: [] }, { hybrids: [{ name: 'x', donors: ['a'] }] });
    refuses('write', { hybrid: 'x', output: '' }, { hybrid: 'x' });
    refuses('copy', { hybrid: 'x', format: 'json' });
  });

  describe('an image', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'merge-images-'));
    after(() => rmSync(folder, { recursive: true }));

    it('is known to the page by number, and shown as data', async () => {
      const images = new MergeImages();
      const file = path.join(folder, 'a.png');
      writeFileSync(file, 'not looked into');
      const { id, name, address } = await images.add(file);
      assert.deepEqual([id, name], ['0', 'a.png']);
      assert.equal(address, `data:image/png;base64,${Buffer.from('not looked into').toString('base64')}`);
      assert.deepEqual(images.get('0'), { name: 'a.png', path: file });
      for (const unknown of ['1', '-1', '0.0', '__proto__', 'length', ''])
        assert.throws(() => images.get(unknown), InputError);
    });

    it('that is gone, or no picture, is not shown', async () => {
      const images = new MergeImages();
      writeFileSync(path.join(folder, 'b.svg'), '<svg/>');
      for (const name of ['gone.png', 'b.svg']) assert.equal((await images.add(path.join(folder, name))).address, null);
    });
  });
});

describe('the names that the wizard makes', () => {
  it('are free', () => {
    assert.equal(freeName('x', new Set()), 'x');
    assert.equal(freeName('x', new Set(['x', 'x-2'])), 'x-3');
  });

  it('are folders on every system', () => {
    assert.equal(folderName('IN:RL:RL'), 'IN-RL-RL');
    assert.equal(folderName('../../etc'), 'etc');
    assert.equal(folderName('a/b\\c?'), 'a-b-c');
    assert.equal(folderName('模型 一'), '模型-一');
    assert.equal(folderName('::'), 'hybrid');
    assert.equal(folderName('CON'), 'hybrid-CON');
    assert.equal(folderName('x'.repeat(500)).length, 80);
  });

  it('are ids of steps', () => {
    const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
    for (const hybrid of ['IN:RL:RL', '模型', '--', 'x'.repeat(300), 'a b']) {
      assert.match(stepName('write', hybrid, new Set()), pattern);
    }
    assert.equal(stepName('write', 'IN:RL:RL', new Set(['write-in-rl-rl'])), 'write-in-rl-rl-2');
  });
});
