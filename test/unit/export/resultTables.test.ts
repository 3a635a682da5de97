import assert from 'node:assert/strict';
import { ablateTables } from '../../../src/core/export/ablateTables';
import { attentionTables } from '../../../src/core/export/attentionTables';
import { evaluateTables } from '../../../src/core/export/evaluateTables';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { summariseAblate } from '../../../src/core/probe/ablateSummary';
import { evaluateFixture, writeResultRun } from '../../harness/resultRun';
import { table } from '../../harness/exportedTable';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { ablateFactsOf, ablateRowOf } from '../probe/ablateRows';
import { attentionFacts, attentionRow } from '../probe/attentionRows';

const folder = temporaryFolders();

async function runOf(kind: string, run: Parameters<typeof writeResultRun>[3]) {
  const [only] = await readReportRuns(writeResultRun(folder(), 'run', kind, run));
  return only!;
}

describe('tables of an evaluation', () => {
  it('are answers, scores, comparisons and items', async () => {
    const { facts, rows } = evaluateFixture();
    const odd = [
      { ...rows[0]!, text: '=1+1', truncated: true as const, judge: { failed: 'timeout' } },
      ...rows.slice(1),
    ];
    const files = evaluateTables(await runOf('evaluate', { facts, rows: odd }));
    assert.deepEqual(
      files!.map(({ name }) => name),
      ['run.csv', 'run.scores.csv', 'run.comparisons.csv', 'run.items.csv'],
    );
    const [answer] = table(files, 'run.csv');
    assert.deepEqual(
      [answer!.text, answer!.truncated, answer!.judgeFailed, answer!.correct],
      ["'=1+1", 'true', 'timeout', 'false'],
    );
    const score = table(files, 'run.scores.csv').find(
      ({ ability, checkpoint }) => ability === 'vision' && checkpoint === 'in',
    )!;
    assert.deepEqual([score.n, score.value, score.blackAccuracy, score.floorConstant], ['8', '0.875', '0', '0.25']);
    const comparisons = table(files, 'run.comparisons.csv');
    assert.equal(comparisons.length, 2 * 6);
    const { difference, FT, TF } = comparisons.find(({ a, b }) => a === 'base' && b === 'in')!;
    assert.deepEqual([difference, FT, TF], ['0.375', '3', '0']);
    const items = table(files, 'run.items.csv');
    assert.deepEqual(items[0], { ability: 'vision', id: 'item 0', base: '0', in: '0', rl: '1', 'IN:RL:RL': '0' });
    assert.equal(items.length, 16);
  });

  it('leave a checkpoint without answers out of the scores, and its items empty', async () => {
    const { facts, rows } = evaluateFixture();
    const files = evaluateTables(
      await runOf('evaluate', { facts, rows: rows.filter(({ checkpoint }) => checkpoint !== 'rl') }),
    );
    assert.ok(!table(files, 'run.scores.csv').some(({ checkpoint }) => checkpoint === 'rl'));
    assert.equal(table(files, 'run.items.csv')[0]!.rl, '');
  });
});

describe('tables of an ablation', () => {
  it('are answers, layers after the whole model, and items by layer', async () => {
    const facts = ablateFactsOf(['a', 'b'], [0, 3]);
    const rows = ['a', 'b'].flatMap((id) => [
      ablateRowOf(id, null, true, -1),
      ablateRowOf(id, 0, id === 'a', -2),
      ablateRowOf(id, 3, true, null),
    ]);
    const files = ablateTables(await runOf('ablate', { facts, rows }));
    const [layer] = summariseAblate(facts, rows, true).layers;
    const layers = table(files, 'run.layers.csv');
    assert.deepEqual(
      layers.map(({ part, layer: number, correct, n }) => [part, number, correct, n]),
      [
        ['baseline', '', '2', '2'],
        ['languageModel', '0', '1', '2'],
        ['languageModel', '3', '2', '2'],
      ],
    );
    assert.deepEqual(
      [
        layers[0]!.difference,
        layers[1]!.difference,
        layers[1]!.differenceLow,
        layers[1]!.likelihoodChange,
        layers[2]!.likelihoodChange,
      ],
      ['', '-0.5', String(layer!.difference.low), '-1', ''],
    );
    assert.deepEqual(table(files, 'run.items.csv')[1], {
      ...{ id: 'b', baseline: 'true', 'languageModel.0': 'false', 'languageModel.3': 'true' },
    });
    assert.equal(table(files, 'run.csv')[0]!.part, 'baseline');
  });
});

describe('tables of attention', () => {
  it('are rows without maps, layers by checkpoint, and differences', async () => {
    const facts = attentionFacts();
    const rows = ['a', 'b'].flatMap((id) =>
      [0, 1].flatMap((layer) => [
        attentionRow('in', id, layer),
        attentionRow('rl', id, layer, { mass: layer === 0 ? 0.2 : 0.25 }),
      ]),
    );
    const files = attentionTables(await runOf('attention', { facts, rows }));
    assert.ok(!('patches' in table(files, 'run.csv')[0]!));
    assert.equal(table(files, 'run.layers.csv').length, 4);
    const differences = table(files, 'run.differences.csv');
    assert.deepEqual(
      differences.map(({ a, b, layer, n }) => [a, b, layer, n]),
      [
        ['in', 'rl', '0', '2'],
        ['in', 'rl', '1', '2'],
      ],
    );
    assert.ok(Math.abs(Number(differences[1]!.mass) - 0.05) < 1e-12);
  });
});
