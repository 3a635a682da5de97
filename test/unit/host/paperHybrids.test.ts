import assert from 'node:assert/strict';
import type { NamedCheckpoint } from '../../../src/core/experiment/experiment';
import { paperHybrids } from '../../../src/host/commands/paperHybrids';

const named = (name: string, role: NamedCheckpoint['role']): NamedCheckpoint => ({ name, directory: `/${name}`, role });
const chain = [named('base', 'base'), named('in', 'in'), named('rl', 'rl')];

describe("the paper's six hybrids", () => {
  it('of IN and RL, in the order of its table', () => {
    const six = ['IN:RL:RL', 'IN:IN:RL', 'RL:RL:IN', 'RL:IN:IN', 'IN:RL:IN', 'RL:IN:RL'];
    assert.deepEqual(
      paperHybrids(chain, null).map(({ label }) => label),
      six,
    );
    const [first] = paperHybrids(chain, null);
    assert.deepEqual(first, {
      label: 'IN:RL:RL',
      spec: ['in', 'rl', 'rl'],
      picture: '▱▰▰',
      detail: 'Early from in, Mid from rl, Late from rl',
    });
  });

  it('those that begin with one checkpoint', () => {
    const from = (skeleton: string) => paperHybrids(chain, skeleton).map(({ label }) => label);
    assert.deepEqual(from('rl'), ['RL:IN:IN', 'RL:RL:IN', 'RL:IN:RL']);
    assert.deepEqual(from('base'), ['BASE:RL:RL', 'BASE:BASE:RL', 'BASE:RL:BASE']);
  });

  it('without roles of the last two, and none of one', () => {
    const plain = ['a', 'b', 'c'].map((name) => named(name, null));
    assert.equal(paperHybrids(plain, null)[0]!.label, 'B:C:C');
    assert.deepEqual(paperHybrids(plain.slice(0, 1), null), []);
  });
});
