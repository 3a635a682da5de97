import assert from 'node:assert/strict';
import { checked } from '../../../src/host/panels/updatesRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Updates panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names a tensor by its phase and side', () => {
    const tensor = { phase: 1, side: 'to', name: 'lm_head.weight' };
    assert.deepEqual(checked('reveal', tensor), tensor);
    refuses('reveal', null, {}, { ...tensor, phase: -1 }, { ...tensor, phase: 0.5 }, { ...tensor, phase: '1' });
    refuses('reveal', { ...tensor, side: 'both' }, { ...tensor, name: 3 }, { ...tensor, name: 'x'.repeat(2000) });
  });

  it('saves in a format that there is', () => {
    assert.deepEqual(checked('save', { format: 'csv', content: 'a' }), { format: 'csv', content: 'a' });
    refuses('save', { format: 'html', content: '' }, { format: 'png' }, { format: 'svg', content: 1 });
  });
});
