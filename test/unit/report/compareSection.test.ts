import assert from 'node:assert/strict';
import { reportPage } from '../../../src/core/experiment/report/reportPage';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { movedShare } from '../../../src/shared/format';
import { compareFacts, compareFixture, writeCompareRun } from '../../harness/compareRun';
import { temporaryFolders } from '../../harness/temporaryFolders';

const { rows } = compareFixture();
const folder = temporaryFolders();

async function pageOf(own = rows, facts = compareFacts(rows), part = {}): Promise<string> {
  return reportPage('x', await readReportRuns(writeCompareRun(folder(), 'updates', own, facts, part)));
}

describe('the report of a comparison', () => {
  it('has per phase a chart of the decoder and one of the vision tower', async () => {
    const page = await pageOf();
    assert.equal(page.match(/<figure>/g)!.length, 4);
    for (const phase of ['base → in', 'in → rl']) {
      for (const part of ['Language model', 'Vision tower']) {
        assert.ok(page.includes(`aria-label="Update energy per layer: ${phase}, ${part}"`), `${phase}, ${part}`);
      }
    }
    assert.match(page, />Late</, 'the region of the one decoder layer that there is');
    assert.doesNotMatch(page, /NaN|undefined/);
  });

  it('has tables of parts, regions and layers: root sums of squares, ranks, and exactly zero what is frozen', async () => {
    const page = await pageOf();
    const layer = rows.filter(({ to, part }) => to === 'rl' && part === 'languageModel');
    const root = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
    const relative = root(layer.map((row) => row.energy!)) / root(layer.map((row) => row.fromNorm!));
    assert.match(page, new RegExp(`>Language model 11</th>\\s*<td>${movedShare(relative)}</td>`));
    assert.equal(page.match(/effective rank/g)!.length, 6, 'three tables per phase');

    const frozen = rows.map((row) =>
      row.to === 'rl' && row.part === 'projector' ? { ...row, energy: 0, relativeEnergy: 0, changedFraction: 0 } : row,
    );
    const after = (await pageOf(frozen)).split('<h3>in → rl</h3>')[1]!;
    assert.match(after, />Projector<\/th>\s*<td>0<\/td>\s*<td>0<\/td>/);
  });

  it('names what is left out, and what only one side has, as text', async () => {
    const evil = '<img src=x>';
    const facts = compareFacts(rows, {
      phases: [{ from: 'base', to: 'in', onlyFrom: [evil], onlyTo: ['extra.weight'] }],
    });
    const notFinite = { nan: 2, infinite: 1 };
    const page = await pageOf(
      [
        { ...rows[0]!, notFinite },
        { ...rows[2]!, skipped: 'of the type F8_E4M3' },
      ],
      facts,
    );
    assert.match(page, /Only base has: &#60;img src=x&#62;/);
    assert.match(page, /Only in has: extra\.weight/);
    assert.match(page, /2 NaN and 1 infinite entries are left out/);
    assert.match(page, /: of the type F8_E4M3/);
    assert.match(page, /2 of 30\s+tensors are done/);
  });

  it('says so when there is no row yet, no spectrum, or no comparison in the manifest', async () => {
    const facts = compareFacts(rows, { spectrum: false });
    const empty = await pageOf([], facts, { state: 'running' });
    assert.match(empty, /was not finished \(interrupted\)/);
    assert.doesNotMatch(empty, /NaN|Infinity|<figure|directions/);
    const odd = await pageOf(rows, facts, { facts: { phases: [] } });
    assert.match(odd, /does not say what of compare was done/);
  });
});
