import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../src/core/experiment/manifest';
import { reportPage } from '../../../src/core/experiment/report/reportPage';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { stepChart } from '../../../src/core/experiment/report/stepChart';
import { plainLabel, roundAxis } from '../../../src/core/experiment/report/chartScale';
import { writeResultRun } from '../../harness/resultRun';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { trainFactsOf, trainRowsOf } from '../train/trainRows';

const folder = temporaryFolders();

async function pageOf(run: Parameters<typeof writeResultRun>[3], part: Partial<Manifest> = {}, summary?: object) {
  const place = writeResultRun(folder(), 'run', 'train', run, part);
  if (summary) writeFileSync(path.join(place, 'summary.json'), JSON.stringify(summary));
  const page = reportPage('x', await readReportRuns(place));
  assert.doesNotMatch(page, /NaN|undefined|Infinity|\[object/);
  return page.replace(/\s+/g, ' ').replace(/ ?(<|>) ?/g, '$1');
}

describe('the report of a training', () => {
  it('says what was trained and kept, how far it came, and what did nothing', async () => {
    const summary = { files: ['config.json', 'model.safetensors'], bytes: 6e6, frozen: { verified: true } };
    const page = await pageOf({ facts: trainFactsOf({ variant: 'gspo' }), rows: trainRowsOf(40) }, {}, summary);
    assert.match(page, /From in, reinforcement learning \(GSPO\) on \.\/x\.jsonl for 40 steps, Late frozen\./);
    assert.match(page, /Trained: 3 tensors, 2\.5 M parameters · frozen: 1 tensor, 500 k parameters \(17 %\)/);
    assert.match(page, /40 of 40 steps: the loss was 2\.00 in the first and 0\.781 in the last\./);
    // Means of 0 to 19 and of 20 to 39 fortieths.
    assert.match(page, /first 20 steps is 0\.237, of the last 0\.738\. 1 step taught nothing: .* 1 step skipped/);
    assert.match(page, /Written to \.\/out: config\.json, model\.safetensors, 6\.0 MB\. What is frozen .* bit by bit/);
    assert.match(page, /<th scope="row">Late<\/th><td>1<\/td><td>500000<\/td>/);
  });

  it('has a figure of every metric that there is, with single steps behind their mean', async () => {
    const rows = trainRowsOf(40);
    const page = await pageOf({ facts: trainFactsOf(), rows });
    const captions = [...page.matchAll(/<figcaption>([^<]*)</g)].map(([, text]) => text);
    assert.deepEqual(captions, [
      'Reward; dots: single steps; line: mean of the last 4.',
      'Length, tokens; dots: single steps; line: mean of the last 4.',
      'Loss; dots: single steps; line: mean of the last 4.',
      'Gradient norm; dots: single steps; line: mean of the last 4.',
      'Learning rate; single steps.',
    ]);
    const dots = [...page.matchAll(/class="dots" d="([^"]*)"/g)].map(([, d]) => d!.split('M').length - 1);
    assert.deepEqual(dots, [40, 40, 39, 39]);
    const clipped = await pageOf({
      facts: trainFactsOf(),
      rows: rows.map((row) => ({ ...row, clipped: 0.1, kl: 0.2 })),
    });
    assert.match(clipped, /<figcaption>KL from the start, nats per token;/);
    assert.match(clipped, /<figcaption>Clipped tokens, share;/);
  });

  it('has axes of numbers of any size', async () => {
    const sized = (factor: number) =>
      trainRowsOf(30).map((row) => ({ ...row, loss: row.loss === null ? null : -factor * row.loss }));
    const page = await pageOf({ facts: trainFactsOf(), rows: sized(1e-200) });
    assert.match(page, />−2\.0e−200</);
    assert.match(page, /the loss was −2\.00e−200 in the first/);
    assert.match(await pageOf({ facts: trainFactsOf(), rows: sized(1e9) }), />−2\.0e9</);
  });

  it('shows rollouts as text', async () => {
    const page = await pageOf({ facts: trainFactsOf(), rows: trainRowsOf(3, '<img src=x>') });
    assert.match(page, /<h4>Step 1<\/h4><dl><dt><code>a<\/code>, reward 1<\/dt><dd>&#60;img src=x&#62;/);
    assert.doesNotMatch(page, /<img/);
  });

  it('of an unfinished or strange run says what there is', async () => {
    const running = await pageOf({ facts: trainFactsOf(), rows: trainRowsOf(1) }, { state: 'cancelled' });
    assert.match(running, /was not finished \(cancelled\)/);
    assert.doesNotMatch(running, /Written to/);
    const empty = await pageOf({ facts: trainFactsOf(), rows: [{ key: 'z' }] }, { state: 'running' });
    assert.doesNotMatch(empty, /<figure/);
    assert.match(await pageOf({ facts: {}, rows: [] }), /does not say what of train was done/);
  });
});

describe('a line over steps', () => {
  it('stands where steps and values are, with round steps below', () => {
    const points = [1, 51, 101].map((step, i) => ({ step, value: i, mean: i / 2 }));
    const axis = roundAxis(0, 2, plainLabel);
    const svg = stepChart({ label: 'a <b>', points, dots: true, steps: 101, axis }).html;
    const line = /class="line" points="([^"]*)"/
      .exec(svg)![1]!
      .split(' ')
      .map((pair) => pair.split(',').map(Number));
    const dots = [.../class="dots" d="([^"]*)"/.exec(svg)![1]!.matchAll(/M([\d.]+) ([\d.]+)/g)].map((one) =>
      Number(one[2]),
    );
    assert.ok(Math.abs(line[1]![0]! - (line[0]![0]! + line[2]![0]!) / 2) < 0.02);
    assert.ok(Math.abs(dots[1]! - line[2]![1]!) < 0.02, 'the second value is the third mean');
    assert.ok(dots[0]! > dots[1]! && dots[1]! > dots[2]!);
    const labels = [...svg.matchAll(/text-anchor="middle"\s*>(\d+)</g)].map(([, text]) => text);
    assert.deepEqual(labels, ['1', '50', '100']);
    assert.match(svg, /aria-label="a &#60;b&#62;"/);
    const alone = stepChart({ label: 'x', points: points.slice(0, 1), dots: false, steps: 1, axis }).html;
    assert.doesNotMatch(alone, /NaN|dots/);
  });
});
