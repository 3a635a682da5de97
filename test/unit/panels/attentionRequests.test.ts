import assert from 'node:assert/strict';
import { checked } from '../../../src/host/panels/attentionRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Attention panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names an item by its id', () => {
    assert.deepEqual(checked('item', { id: 'vis_00001' }), { id: 'vis_00001' });
    refuses('item', null, 'vis_00001', {}, { id: 3 }, { id: ['vis_00001'] }, { id: 'x'.repeat(2000) });
  });

  it('saves in a format that there is', () => {
    assert.deepEqual(checked('save', { format: 'csv', content: 'a' }), { format: 'csv', content: 'a' });
    refuses('save', { format: 'html', content: '' }, { format: 'png' }, { format: 'svg', content: 1 });
  });
});
