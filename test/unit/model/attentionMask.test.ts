import assert from 'node:assert/strict';
import { blankMask, plainMask, writeMask } from '../../../src/core/model/attentionMask';

/** Which of its own tokens token i sees, fed in pieces. */
function seenBy(count: number, pieces: readonly number[], fork: { first: number; second: number }): number[][] {
  const prefix = 2;
  const seen: number[][] = [];
  let past = 0;
  for (const positions of pieces) {
    const room = past + 3; // some of it not used
    const columns = prefix + room + positions;
    const mask = blankMask(positions * columns);
    writeMask(mask, 0, plainMask(prefix, fork), positions, past, { prefix, past: room, positions });
    for (let i = 0; i < positions; i++) {
      const line = [...mask.subarray(i * columns, (i + 1) * columns)].map((value) => value === 0);
      assert.deepEqual(line.slice(0, prefix), [true, true], 'the prefix is seen');
      assert.ok(!line.slice(prefix + past, prefix + room).includes(true), 'unused room is not');
      const own = [...line.slice(prefix, prefix + past), ...line.slice(prefix + room)];
      seen.push(own.flatMap((isSeen, token) => (isSeen ? [token] : [])));
    }
    past += positions;
  }
  assert.equal(seen.length, count);
  return seen;
}

describe('a fork', () => {
  const before = [[0], [0, 1], [0, 1, 2]];
  const expected = [...before, [0, 1, 2, 3], [0, 1, 2, 3, 4], [0, 1, 2, 5], [0, 1, 2, 5, 6]];

  it('goes on twice where its stem ends', () => {
    for (const pieces of [[7], [1, 6], [3, 4], [4, 3], [5, 2], [6, 1], [2, 2, 2, 1], [1, 1, 1, 1, 1, 1, 1]]) {
      assert.deepEqual(seenBy(7, pieces, { first: 3, second: 5 }), expected, pieces.join());
    }
  });

  it('changes nothing where its first branch is empty', () => {
    const all = Array.from({ length: 5 }, (_, i) => Array.from({ length: i + 1 }, (__, token) => token));
    assert.deepEqual(seenBy(5, [2, 3], { first: 3, second: 3 }), all);
  });
});
