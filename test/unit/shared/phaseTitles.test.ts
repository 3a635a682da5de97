import assert from 'node:assert/strict';
import { chainTitle, phaseTitle } from '../../../src/shared/phaseTitles';

describe('titles of phases', () => {
  it('join a chain, and keep apart what is none', () => {
    const [a, b, c] = [
      { from: 'base', to: 'in' },
      { from: 'in', to: 'rl' },
      { from: 'base', to: 'rl' },
    ] as const;
    assert.equal(phaseTitle(a), 'base → in');
    assert.equal(chainTitle([a, b]), 'base → in → rl');
    assert.equal(chainTitle([a, c]), 'base → in, base → rl');
    assert.equal(chainTitle([]), '');
  });
});
