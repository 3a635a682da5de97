import assert from 'node:assert/strict';
import { checked } from '../../../src/host/panels/trainingRequests';
import { InputError } from '../../../src/shared/errors';

describe('what the page of the Training panel asks', () => {
  const refuses = (call: Parameters<typeof checked>[0], ...all: unknown[]) => {
    for (const params of all) assert.throws(() => checked(call, params), InputError, JSON.stringify(params));
  };

  it('names runs by ids that are no paths', () => {
    assert.deepEqual(checked('show', { runs: ['own', 'own~1'] }), { runs: ['own', 'own~1'] });
    assert.deepEqual(checked('run', { run: 'own' }), { run: 'own' });
    refuses('show', null, {}, { runs: ['../own'] }, { runs: 'own' }, { runs: Array(25).fill('own') });
    refuses('run', null, {}, { run: '' }, { run: 'a/b' }, { run: 3 });
    refuses('cancel', null, {}, { run: '..' });
  });

  it('asks for the rollouts of a step, from 1', () => {
    assert.deepEqual(checked('samples', { run: 'own', step: 21 }), { run: 'own', step: 21 });
    refuses('samples', { run: 'own' }, { run: 'own', step: 0 }, { run: 'own', step: 1.5 }, { run: '../x', step: 1 });
  });

  it('saves in a format that there is', () => {
    assert.deepEqual(checked('save', { format: 'csv', content: 'a' }), { format: 'csv', content: 'a' });
    refuses('save', { format: 'html', content: '' }, { format: 'png' });
  });
});
