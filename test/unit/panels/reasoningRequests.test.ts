import assert from 'node:assert/strict';
import { checked } from '../../../src/host/panels/reasoningRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Reasoning panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names a layer of a part and a page of its items', () => {
    const query = { part: 'vision', layer: 3, only: 'lost', from: 20, to: 40 };
    assert.deepEqual(checked('items', query), query);
    refuses('items', null, {}, { ...query, part: 'head' }, { ...query, part: null }, { ...query, only: 'some' });
    refuses('items', { ...query, layer: -1 }, { ...query, layer: 0.5 }, { ...query, layer: '3' });
    refuses('items', { ...query, from: 41 }, { ...query, from: -1 }, { ...query, to: 1e6 });
  });

  it('saves in a known format', () => {
    assert.deepEqual(checked('save', { format: 'csv', content: 'x' }), { format: 'csv', content: 'x' });
    refuses('save', { format: 'exe', content: 'x' }, { format: 'csv' });
  });
});
