import assert from 'node:assert/strict';
import { outlineOf, type OutlineNode } from '../../../src/core/checkpoint/outline';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { summariseCompare } from '../../../src/core/compare/compareSummary';
import { heatKey, heatOfPhase, movedBriefly, movedInWords, type Heat } from '../../../src/host/trees/updateHeat';
import type { CompareRow } from '../../../src/shared/compareResults';
import { compareFacts, compareFixture } from '../../harness/compareRun';

const { rows } = compareFixture();

function heats(own: readonly CompareRow[] = rows, phase = 1): ReadonlyMap<string, Heat> {
  const facts = compareFacts(own);
  return heatOfPhase(summariseCompare(facts, own).phases[phase]!, facts);
}

describe('the heat of a comparison in the tree', () => {
  it('has the nodes of the tree: parts, regions, layers, components and tensors', async () => {
    const checkpoint = await openCheckpoint('media/sample-lab/rl');
    const regions = { early: [0, 4], mid: [4, 8], late: [8, 12] } as const;
    const inTree: string[] = [];
    const walk = (node: OutlineNode) => {
      inTree.push(heatKey(node));
      node.children.forEach(walk);
    };
    outlineOf(checkpoint, regions).forEach(walk);
    const own = [...heats().keys()];
    assert.deepEqual(
      own.filter((key) => !inTree.includes(key)),
      [],
    );
    for (const key of ['languageModel', 'layers/8-12', 'languageModel/11', 'vision/5/mlp'])
      assert.ok(own.includes(key), key);
    assert.equal(own.filter((key) => key.startsWith('tensor/')).length, rows.length / 2);
  });

  it('ranks within its kind: 0 only where nothing moved, 9 for the most', () => {
    const tensors = [...heats()].filter(([key]) => key.startsWith('tensor/')).map(([, heat]) => heat);
    const still = tensors.filter(({ relativeEnergy }) => relativeEnergy === 0);
    assert.equal(still.length, 1, 'the norm of the merger');
    for (const { level, relativeEnergy } of tensors) assert.equal(level === 0, relativeEnergy === 0);
    const sorted = [...tensors].sort((a, b) => a.relativeEnergy! - b.relativeEnergy!).map(({ level }) => level);
    assert.deepEqual(
      sorted,
      [...sorted].sort((a, b) => a - b),
    );
    assert.equal(sorted.at(-1), 9);
    assert.deepEqual([...new Set(sorted)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('equal amounts have equal levels, and from zero is the most', () => {
    const all = rows.filter(({ to }) => to === 'rl').slice(0, 4);
    const own = all.map((row, i) => ({ ...row, energy: 1, fromNorm: 1, relativeEnergy: i === 0 ? null : 0.5 }));
    const levels = own.map(({ name }) => heats(own).get(`tensor/${name}`)!.level);
    assert.deepEqual(levels, [9, 7, 7, 7]);
  });

  it('leaves out what was skipped', () => {
    const [first] = rows.filter(({ to }) => to === 'rl');
    const skipped = rows.map((row) => (row === first ? { ...row, energy: null, skipped: 'of the type I64' } : row));
    assert.equal(heats(skipped).get(`tensor/${first!.name}`), undefined);
  });

  it('is said in words', () => {
    const heat: Heat = { level: 3, relativeEnergy: 0.02304, stableRank: 4.12, phase: 'base → in' };
    assert.equal(movedInWords(heat), 'moved 2.30 % of its norm in base → in; stable rank 4.1');
    assert.equal(movedBriefly(heat), 'moved 2.30 %');
    const still = { ...heat, level: 0, relativeEnergy: 0, stableRank: 0 };
    assert.equal(movedInWords(still), 'did not move in base → in');
    assert.equal(movedBriefly(still), 'did not move');
    const fromZero = { ...heat, relativeEnergy: null, stableRank: undefined };
    assert.equal(movedInWords(fromZero), 'moved from zero in base → in');
    assert.equal(movedBriefly(fromZero), 'moved from zero');
  });

  it('is fast for hundreds of tensors', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({
      ...rows[2 * (i % 15) + 1]!,
      name: `t.${i}.weight`,
      layer: i % 90,
    }));
    const started = performance.now();
    assert.ok(heats(many).size > 2000);
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
  });
});
