import assert from 'node:assert/strict';
import { compareFigures } from '../../../src/core/export/matplotlib/compareFigures';
import { evaluateFigures } from '../../../src/core/export/matplotlib/evaluateFigures';
import { ablateFigures } from '../../../src/core/export/matplotlib/ablateFigures';
import { attentionFigures } from '../../../src/core/export/matplotlib/attentionFigures';
import { literal, pythonFigure } from '../../../src/core/export/matplotlib/pythonFigure';
import type { ExportedFile } from '../../../src/core/export/exportedFile';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { compareFacts, compareFixture, writeCompareRun } from '../../harness/compareRun';
import { evaluateFixture, writeResultRun } from '../../harness/resultRun';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { ablateFactsOf, ablateRowOf } from '../probe/ablateRows';
import { attentionFacts, attentionRow } from '../probe/attentionRows';

const folder = temporaryFolders();
const evil = '"""\nimport os\\$x';

async function runOf(kind: string, run: Parameters<typeof writeResultRun>[3]) {
  const [only] = await readReportRuns(writeResultRun(folder(), 'run', kind, run));
  return only!;
}

function lines(files: readonly ExportedFile[] | null, name: string): string[][] {
  const { content } = files!.find((file) => file.name === name)!;
  return content
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
}

/** Names of others are in the data and nowhere in the code. */
function assertNoTextsOfOthers(files: readonly ExportedFile[] | null): void {
  const scripts = files!.filter(({ name }) => name.endsWith('.py'));
  assert.ok(scripts.length > 0);
  for (const { name, content } of scripts) {
    assert.ok(!content.includes('import os'), name);
    assert.ok(
      files!.some((file) => file.name === name.replace(/py$/, 'csv')),
      `${name} has its data beside it`,
    );
  }
}

describe('figures as Python scripts', () => {
  it('hold texts as literals that cannot end', () => {
    assert.equal(literal(evil), '"\\"\\"\\"\\nimport os\\\\$x"');
    assert.equal(literal(true), 'True');
    const [, script] = pythonFigure(evil, ['a'], [{ a: 1 }], '');
    assert.ok(script!.content.includes(`NAME = ${literal(evil)}\n`));
    assert.doesNotMatch(script!.content, /^import os/m);
    assert.deepEqual(pythonFigure('x', ['a'], [], ''), [], 'nothing to draw, nothing written');
  });

  it('of an evaluation: a bar per ability and checkpoint, with the better floor', async () => {
    const { facts, rows } = evaluateFixture();
    const checkpoints = facts.checkpoints.map((name) => (name === 'rl' ? evil : name));
    const odd = rows.map((row) => (row.checkpoint === 'rl' ? { ...row, checkpoint: evil } : row));
    assertNoTextsOfOthers(evaluateFigures(await runOf('evaluate', { facts: { ...facts, checkpoints }, rows: odd })));
    const table = lines(evaluateFigures(await runOf('evaluate', evaluateFixture())), 'run.bars.csv');
    assert.deepEqual(table[0], ['ability', 'checkpoint', 'value', 'low', 'high', 'n', 'floor']);
    assert.equal(table.length, 1 + 2 * 4);
    assert.deepEqual([table[2]![0], table[2]![1], table[2]![2], table[2]![6]], ['Vision', 'in', '0.875', '0.25']);
  });

  it('of an ablation: the whole model without a layer, then the layers', async () => {
    const facts = ablateFactsOf(['a', 'b'], [0, 1]);
    const rows = ['a', 'b'].flatMap((id) => [
      ablateRowOf(id, null, true, -1),
      ablateRowOf(id, 0, false, -2),
      ablateRowOf(id, 1, true, -1),
    ]);
    const files = ablateFigures(await runOf('ablate', { facts, rows }));
    assert.deepEqual(
      lines(files, 'run.accuracy.languageModel.csv').map((line) => [line[1], line[2], line[3]]),
      [
        ['series', 'layer', 'value'],
        ['whole model', '', '1'],
        ['one layer made identity', '0', '0'],
        ['one layer made identity', '1', '1'],
      ],
    );
    assert.equal(lines(files, 'run.likelihood.languageModel.csv').length, 3);
  });

  it('of attention: a line per checkpoint, and a panel per difference', async () => {
    const facts = attentionFacts({ checkpoints: ['in', evil] });
    const rows = ['a', 'b'].flatMap((id) =>
      [0, 1].flatMap((l) => [attentionRow('in', id, l), attentionRow(evil, id, l)]),
    );
    const files = attentionFigures(await runOf('attention', { facts, rows }));
    assertNoTextsOfOthers(files);
    assert.deepEqual(
      files!.map(({ name }) => name),
      ['run.mass.csv', 'run.mass.py', 'run.difference.csv', 'run.difference.py'],
    );
  });

  it('of a comparison: energies and the decay of singular values, which begins at zero and falls', async () => {
    const { rows } = compareFixture();
    const [run] = await readReportRuns(writeCompareRun(folder(), 'run', rows, compareFacts(rows)));
    const files = compareFigures(run!);
    const decay = lines(files, 'run.decay.languageModel.csv').slice(1);
    for (const [i, [panel, layer, rank, value]] of decay.entries()) {
      const before = decay[i - 1];
      if (rank === '1') assert.equal(Number(value), 0);
      else assert.ok(before![0] === panel && before![1] === layer && Number(before![3]) >= Number(value));
    }
    assert.match(
      files!.find(({ name }) => name === 'run.energy.languageModel.py')!.content,
      /REGIONS = \[\("Early", 0, 4\)/,
    );
    assert.match(files!.find(({ name }) => name === 'run.energy.vision.py')!.content, /REGIONS = \[\]/);
    const [plain] = await readReportRuns(
      writeCompareRun(folder(), 'run', rows, compareFacts(rows, { spectrum: false })),
    );
    assert.ok(compareFigures(plain!)!.length > 0);
  });
});
