import assert from 'node:assert/strict';
import { checked } from '../../../src/host/panels/abilitiesRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Abilities panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names items by ability, filter, words and place', () => {
    const query = { ability: 'vision', filter: { kind: 'all' }, search: '', from: 40, to: 80 };
    const filters = [
      { kind: 'all' },
      { kind: 'transition', a: 'in', b: 'rl', cell: 'FT' },
      { kind: 'verdict', checkpoint: 'rl', right: false },
    ];
    for (const filter of filters) assert.deepEqual(checked('items', { ...query, filter }), { ...query, filter });
    refuses('items', null, {}, { ...query, ability: 3 }, { ...query, search: 'x'.repeat(2000) });
    refuses('items', { ...query, from: -1 }, { ...query, from: 81 }, { ...query, to: 10_000 }, { ...query, to: 80.5 });
    for (const filter of [
      { kind: 'most' },
      { kind: 'transition', a: 'in', b: 'rl', cell: 'TTT' },
      { kind: 'transition', a: 'in', cell: 'TT' },
      { kind: 'verdict', checkpoint: 'rl', right: 1 },
      null,
    ]) {
      refuses('items', { ...query, filter });
    }
  });

  it('wants to show a difference that there can be', () => {
    assert.deepEqual(checked('itemsNeeded', { difference: 0.05 }), { difference: 0.05 });
    refuses('itemsNeeded', { difference: 0 }, { difference: 1.5 }, { difference: NaN }, { difference: '5' }, {});
  });

  it('saves in a format that there is', () => {
    assert.deepEqual(checked('save', { format: 'csv', content: 'a' }), { format: 'csv', content: 'a' });
    refuses('save', { format: 'html', content: '' }, { format: 'png' }, { format: 'svg', content: 1 });
  });
});
