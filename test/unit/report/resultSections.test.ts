import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../src/core/experiment/manifest';
import { reportPage } from '../../../src/core/experiment/report/reportPage';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { summariseAblate } from '../../../src/core/probe/ablateSummary';
import { evaluateFixture, writeResultRun } from '../../harness/resultRun';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { ablateFactsOf, ablateRowOf } from '../probe/ablateRows';
import { attentionFacts, attentionRow } from '../probe/attentionRows';

const folder = temporaryFolders();
const ids = Array.from({ length: 8 }, (_, i) => `i${i}`);

async function pageOf(kind: string, run: Parameters<typeof writeResultRun>[3], part: Partial<Manifest> = {}) {
  const page = reportPage('x', await readReportRuns(writeResultRun(folder(), 'run', kind, run, part)));
  assert.doesNotMatch(page, /NaN|undefined|Infinity|\[object/);
  return page.replace(/\s+/g, ' ').replace(/ ?(<|>) ?/g, '$1');
}

/** The cells of the first row of that name in the table of that caption. */
function cells(page: string, caption: string, row: string): string[] {
  const table = page.slice(page.indexOf(`<caption>${caption}`)).split('</table>')[0]!;
  const found = table.split('</tr>').find((one) => one.includes(`<th scope="row">${row}</th>`));
  assert.ok(found, `${row} in ${caption}`);
  return [...found.matchAll(/<td>([^<]*)<\/td>/g)].map(([, text]) => text!);
}

describe('the report of an evaluation', () => {
  it('has every score with interval and n, accuracies in each setting, and what floors would score', async () => {
    const page = await pageOf('evaluate', evaluateFixture());
    assert.deepEqual(cells(page, 'Vision', 'in'), ['87.5 %', '52.9 – 97.8 %', '8', '87.5 %', '0.0 %']);
    assert.deepEqual(cells(page, 'Reasoning', 'rl'), ['100.0 %', '67.6 – 100.0 %', '8']);
    assert.equal(cells(page, 'Reasoning', 'always “3”')[0], '25.0 %');
    assert.equal(page.match(/class="whisker"/g)!.length, 8);
    assert.match(page, /Vision rises along base → in → rl \(50\.0 → 87\.5 → 100\.0 %\)/);
  });

  it('has comparisons with transitions, and hybrids against IN between Base and RL', async () => {
    const page = await pageOf('evaluate', evaluateFixture());
    const compared = cells(page, 'Differences', 'Vision: rl − base');
    assert.equal(compared[0], '+50.0');
    assert.deepEqual(compared.slice(2, 5), ['8', '0.125', '1.000']);
    assert.deepEqual(compared.slice(6), ['4', '0', '4', '0']);
    const table = page.slice(page.indexOf('<caption>Hybrids')).split('</table>')[0]!;
    const names = [...table.matchAll(/<th scope="row">([^<]*)</g)].map(([, name]) => name);
    assert.deepEqual(names, ['base', 'in', 'IN:RL:RL', 'rl']);
    assert.match(cells(page, 'Hybrids', 'base')[1]!, /^−37\.5 \[−\d+\.\d to 0\.0\]$|^−37\.5 \[−\d+\.\d to −\d+\.\d\]$/);
    assert.match(cells(page, 'Hybrids', 'IN:RL:RL')[1]!, /^−12\.5 \[/);
  });

  it('shows items that IN has wrong and RL right, and what was left out, as text', async () => {
    const { facts, rows } = evaluateFixture();
    const evil = '<img src=x>';
    const odd = rows.map((row) => (row.id === 'item 0' && row.checkpoint === 'rl' ? { ...row, text: evil } : row));
    const page = await pageOf('evaluate', { facts, rows: odd });
    assert.match(page, /Examples that in has wrong and rl right: 2/);
    assert.match(page, /<code>item 0<\/code>/);
    assert.doesNotMatch(page, /<img|<code>item 1</);
    assert.match(page, /Left out of Vision: 1 item</);
    assert.match(page, /<code>odd<\/code>: it has no image/);
  });

  it('says what was cut, and what a judge says', async () => {
    const { facts, rows } = evaluateFixture();
    const odd = rows.map((row, i) => ({ ...row, ...(i < 3 ? { truncated: true } : {}), judge: { correct: true } }));
    const page = await pageOf('evaluate', { facts, rows: odd });
    assert.match(page, /reached their limit without ending: base 3\./);
    assert.deepEqual(cells(page, 'The judge', 'Reasoning, base'), ['8', '8', '4', '0']);
    assert.doesNotMatch(await pageOf('evaluate', evaluateFixture()), /judge model|reached their limit/);
  });

  it('of an unfinished run and of odd rows says what there is', async () => {
    const { facts, rows } = evaluateFixture();
    const odd = [...rows.slice(0, 5), { key: 'z' }, { ...rows[0]!, key: 'o', ability: 'other' }];
    const page = await pageOf('evaluate', { facts, rows: odd }, { state: 'cancelled' });
    assert.match(page, /was not finished \(cancelled\)/);
    assert.deepEqual(cells(page, 'Reasoning', 'rl').slice(0, 3), ['–', '–', '0']);
    assert.match(await pageOf('evaluate', { facts: {}, rows }), /does not say what of evaluate was done/);
  });
});

describe('the report of an ablation', () => {
  const facts = ablateFactsOf(ids, [0, 1]);
  const rows = ids.flatMap((id, i) => [
    ablateRowOf(id, null, true, -1),
    ablateRowOf(id, 0, false, -3 - i / 10),
    ablateRowOf(id, 1, true, -1),
  ]);

  it('has accuracy, difference, likelihood and tests of every layer, and says them', async () => {
    const page = await pageOf('ablate', { facts, rows });
    const [layer] = summariseAblate(facts, rows, true).layers;
    assert.ok(layer!.pAdjusted < 0.05);
    const own = cells(page, 'Language model: without each layer', '0');
    assert.deepEqual([own[0], own[2], own[3], own[5], own[6]], ['0.0 %', '8', '−100.0 *', '0.008', '0.016']);
    assert.equal(own[7], '−2.350');
    assert.match(
      page,
      /lowers accuracy significantly for 1 of 2 layers\. It falls most without layer 0: by 100\.0 points/,
    );
    assert.match(page, /falls most without layer 0: −2\.35 nats \(−2\.\d\d to −2\.\d\d\)/);
    assert.equal(page.match(/<figure>/g)!.length, 2);
    assert.equal(page.match(/point marked/g)!.length, 2, 'layer 0 in both');
    assert.match(page, /reference-band/);
  });

  it('of likelihoods alone has no accuracy, of answers alone no likelihood', async () => {
    const likelihood = await pageOf('ablate', {
      facts: { ...facts, scoring: 'likelihood' },
      rows: rows.map((row) => ({ ...row, text: null, correct: null })),
    });
    assert.doesNotMatch(likelihood, /Accuracy without|accuracy with one/);
    assert.equal(likelihood.match(/<figure>/g)!.length, 1);
    const answers = await pageOf('ablate', { facts, rows: rows.map((row) => ({ ...row, logLikelihood: null })) });
    assert.doesNotMatch(answers, /nats/);
    const empty = await pageOf('ablate', { facts, rows: [] }, { state: 'running' });
    assert.doesNotMatch(empty, /<figure/);
  });
});

describe('the report of attention', () => {
  const facts = attentionFacts({ items: ids });
  const rows = ids.flatMap((id, i) =>
    [0, 1].flatMap((layer) => [
      attentionRow('in', id, layer, { mass: 0.2 + i / 500 }),
      attentionRow('rl', id, layer, { mass: (layer === 1 ? 0.3 : 0.2) + i / 500 }),
    ]),
  );

  it('has the lines, their difference and its test', async () => {
    const page = await pageOf('attention', { facts, rows });
    assert.equal(page.match(/<figure>/g)!.length, 2);
    assert.deepEqual(cells(page, 'in (n 8)', '0')[0], '20.7 %');
    const own = cells(page, 'rl − in', '1');
    assert.deepEqual([own[0], own[3], own[4]], ['+10.00 *', '0.008', '0.016']);
    assert.match(page, /of rl on the image is significantly higher in 1 and lower in 0 of 2 layers, compared with in/);
  });

  it('of one checkpoint has no difference, and before the first item no figure', async () => {
    const one = await pageOf('attention', { facts: { ...facts, checkpoints: ['in'] }, rows });
    assert.equal(one.match(/<figure>/g)!.length, 1);
    const none = await pageOf('attention', { facts, rows: [] }, { state: 'running' });
    assert.doesNotMatch(none, /<figure/);
  });
});

describe('the report of a merge', () => {
  it('has the donors of every place, and the files', async () => {
    const names = [0, 1, 2].flatMap((layer) => ['a', 'b'].map((piece) => `model.layers.${layer}.${piece}.weight`));
    const donorOf = (name: string) => (name.includes('.2.') ? 'rl' : name.includes('1.b') ? 'rl' : 'in');
    const rows = [...names, 'lm_head.weight'].map((name) => ({ key: name, name, donor: donorOf(name) }));
    const facts = { hybrid: 'IN:RL:RL', output: './merged', skeleton: 'in', bytes: 10 };
    const run = writeResultRun(folder(), 'write', 'merge', { facts, rows });
    writeFileSync(
      path.join(run, 'summary.json'),
      JSON.stringify({ files: ['config.json', 'model.safetensors'], bytes: 2e6, verified: true }),
    );
    const page = reportPage('x', await readReportRuns(run))
      .replace(/\s+/g, ' ')
      .replace(/ ?(<|>) ?/g, '$1');
    assert.deepEqual(cells(page, 'Donors', 'model.layers 0'), ['in', '2']);
    assert.deepEqual(cells(page, 'Donors', 'model.layers 1'), ['in (1), rl (1)', '2']);
    assert.deepEqual(cells(page, 'Donors', 'model.layers 2'), ['rl', '2']);
    assert.deepEqual(cells(page, 'Donors', 'lm_head.weight'), ['in', '1']);
    assert.match(page, /Files: config\.json, model\.safetensors, 2\.0 MB\. Every tensor was compared bit by bit/);
  });
});

describe('the report of all runs of an experiment', () => {
  it('follows the order of its steps, then what was set aside, then what it does not name', async () => {
    const place = folder();
    const runs = path.join(place, 'x.runs');
    mkdirSync(runs);
    writeFileSync(
      path.join(place, 'x.frankenstein.yaml'),
      [
        'version: 1',
        'checkpoints: { in: ./in, rl: ./rl }',
        'steps:',
        '  - attention: { id: z-first, checkpoints: [in], dataset: ./x.jsonl }',
        '  - attention: { id: a-second, checkpoints: [in], dataset: ./x.jsonl }',
      ].join('\n'),
    );
    const run = { facts: attentionFacts(), rows: [] };
    for (const id of ['a-second', 'b-unknown', 'z-first', 'z-first~1']) writeResultRun(runs, id, 'attention', run);
    const found = await readReportRuns(runs);
    assert.deepEqual(
      found.map(({ id }) => id),
      ['z-first', 'z-first~1', 'a-second', 'b-unknown'],
    );
  });

  it('says once at the top what side files disagree about, where it changes answers', async () => {
    const runs = path.join(folder(), 'x.runs');
    const run = { facts: attentionFacts(), rows: [] };
    const differing = (severity: 'harmless' | 'changesAnswers', field: string) => ({
      ...{ file: 'preprocessor_config.json', field, severity, meaning: 'Images differ.' },
      values: { in: '<1>', rl: null },
    });
    const sidecars = [differing('changesAnswers', 'max_pixels'), differing('harmless', 'author')];
    for (const id of ['a', 'b']) writeResultRun(runs, id, 'attention', run, { sidecars });
    const page = reportPage('x', await readReportRuns(runs));
    assert.equal(page.match(/max_pixels/g)!.length, 1);
    assert.match(page, /max_pixels in preprocessor_config\.json: in &#60;1&#62;, rl has none\. Images differ\./);
    assert.doesNotMatch(page, /author/);
    assert.ok(page.indexOf('max_pixels') < page.indexOf('<section'));
  });
});
