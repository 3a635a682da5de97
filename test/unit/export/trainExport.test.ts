import assert from 'node:assert/strict';
import { trainFigures } from '../../../src/core/export/matplotlib/trainFigures';
import { trainTables } from '../../../src/core/export/trainTables';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { table } from '../../harness/exportedTable';
import { writeResultRun } from '../../harness/resultRun';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { trainFactsOf, trainRowsOf } from '../train/trainRows';

const folder = temporaryFolders();

async function runOf(run: Parameters<typeof writeResultRun>[3]) {
  const [only] = await readReportRuns(writeResultRun(folder(), 'run', 'train', run));
  return only!;
}

describe('tables of a training', () => {
  it('are steps, one line of the whole, what selectors keep, and rollouts', async () => {
    const rows = trainRowsOf(30);
    const files = trainTables(await runOf({ facts: trainFactsOf(), rows }));
    assert.deepEqual(
      files!.map(({ name }) => name),
      ['run.csv', 'run.summary.csv', 'run.freeze.csv', 'run.rollouts.csv'],
    );
    const steps = table(files, 'run.csv');
    assert.equal(steps.length, 30);
    assert.deepEqual(
      [steps[7]!.step, Number(steps[7]!.loss), Number(steps[7]!.reward), steps[7]!.skipped, steps[7]!.kl],
      ['8', rows[7]!.loss, rows[7]!.reward, 'false', ''],
    );
    assert.deepEqual([steps[4]!.loss, steps[4]!.gradientNorm, steps[4]!.skipped], ['', '', 'true']);
    const [line] = table(files, 'run.summary.csv');
    assert.deepEqual(
      [line!.freeze, line!.plannedSteps, line!.steps, line!.trainedParameters, line!.frozenTensors, line!.variant],
      ['late', '40', '30', '2500000', '1', ''],
    );
    assert.deepEqual([line!.firstLoss, line!.idleSteps, line!.skipped, line!.rewardSteps], ['2', '1', '1', '20']);
    assert.deepEqual(table(files, 'run.freeze.csv'), [{ selector: 'late', tensors: '1', parameters: '500000' }]);
    assert.deepEqual(table(files, 'run.rollouts.csv'), [{ step: '1', id: 'a', reward: '1', text: 'It is 7.' }]);
  });

  it('of supervised fine-tuning have no rollouts; of what is no training there are none', async () => {
    const rows = trainRowsOf(3).map(({ key, step, loss, gradientNorm, learningRate }) => {
      return { key, step, loss, gradientNorm, learningRate };
    });
    const files = trainTables(await runOf({ facts: trainFactsOf({ method: 'sft' }), rows }));
    assert.ok(!files!.some(({ name }) => name === 'run.rollouts.csv'));
    const run = await runOf({ facts: { phases: 3 }, rows });
    assert.deepEqual([trainTables(run), trainFigures(run)], [null, null]);
  });
});

describe('the figure of a training', () => {
  it('has every metric with its moving mean, and no text of others in its script', async () => {
    const evil = '"""\nimport os';
    const files = trainFigures(await runOf({ facts: trainFactsOf({ from: evil }), rows: trainRowsOf(40, evil) }));
    assert.deepEqual(
      files!.map(({ name }) => name),
      ['run.curves.csv', 'run.curves.py'],
    );
    assert.ok(!files![1]!.content.includes('import os'));
    const lines = table(files, 'run.curves.csv');
    assert.deepEqual(
      [...new Set(lines.map(({ panel }) => panel))],
      ['Reward', 'Length (tokens)', 'Loss', 'Gradient norm', 'Learning rate'],
    );
    const reward = lines.filter(({ panel }) => panel === 'Reward');
    assert.deepEqual([reward[9]!.step, reward[9]!.window], ['10', '4']);
    assert.ok(Math.abs(Number(reward[9]!.mean) - 7.5 / 40) < 1e-12, 'of steps 7 to 10');
    assert.equal(lines.filter(({ panel }) => panel === 'Loss').length, 39, 'the skipped step has none');
    assert.deepEqual(trainFigures(await runOf({ facts: trainFactsOf(), rows: [] })), []);
  });
});
