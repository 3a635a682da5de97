import assert from 'node:assert/strict';
import { exportContent } from '../../../src/host/panels/exportContent';
import { checked } from '../../../src/host/panels/probeRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Probe panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names runs, never paths', () => {
    for (const run of ['vision', 'vision-rl', 'v.1_2', 'vision~1', 'vision~12']) {
      assert.deepEqual(checked('run', { run }), { run });
    }
    const paths = [
      '',
      '..',
      '.hidden',
      '../vision',
      'a/b',
      'a\\b',
      '~1',
      'vision~',
      'vision~0',
      'vision~1~2',
      'a\n',
      'a\0',
    ];
    for (const run of paths) {
      refuses('run', { run });
      refuses('cancel', { run });
      refuses('show', { runs: ['vision', run] });
    }
  });

  it('is refused where it is not what it should be', () => {
    const items = { run: 'vision', function: 'ocr', layer: 0, only: 'all', from: 0, to: 50 };
    assert.deepEqual(checked('items', items), items);
    refuses('items', null, 'vision', {}, { ...items, layer: -1 }, { ...items, layer: 0.5 }, { ...items, layer: '0' });
    refuses('items', { ...items, only: 'none' }, { ...items, from: 9, to: 3 }, { ...items, to: 1e6 });
    refuses('items', { ...items, to: Infinity }, { ...items, from: NaN }, { ...items, function: ['ocr'] });
    refuses('show', { runs: 'vision' }, { runs: [1] }, { runs: Array.from({ length: 1000 }, () => 'vision') });
    refuses('save', { format: 'html', content: '' }, { format: 'png', content: new Uint8Array(1) }, { format: 'svg' });
  });

  describe('an export', () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

    it('of a PNG is its bytes', () => {
      const bytes = exportContent({ format: 'png', content: png });
      assert.equal(Buffer.from(bytes).toString('base64'), png);
    });

    it('of text is UTF-8', () => {
      assert.deepEqual(exportContent({ format: 'csv', content: 'rate,Δ\n' }), Buffer.from('rate,Δ\n', 'utf8'));
      assert.deepEqual(exportContent({ format: 'svg', content: '<svg/>' }), Buffer.from('<svg/>'));
    });

    it('that is no PNG is refused as one', () => {
      for (const content of ['', 'not base64!', Buffer.from('<svg/>').toString('base64'), png.slice(4)]) {
        assert.throws(() => exportContent({ format: 'png', content }), InputError);
      }
    });
  });
});
