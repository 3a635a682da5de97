/** Others' results through the command line, and spreadsheets in the sandbox process. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { readEvaluateFacts } from '../../src/core/evaluate/evaluateFacts';
import { SandboxClient } from '../../src/engine/sandboxClient';
import type { EvaluateRow, EvaluateSummary } from '../../src/shared/evaluateResults';
import { command } from '../harness/commandLine';
import { refuses } from '../harness/refuses';
import { temporaryFolders } from '../harness/temporaryFolders';

const fixtures = path.resolve('test/fixtures/logs');
const kit = (model: string) => `${fixtures}/vlmevalkit/${model}/T20260612-093000`;
const folder = temporaryFolders();

function experiment(at: string, logs: string): string {
  const file = path.join(at, 'x.frankenstein.yaml');
  writeFileSync(file, `version: 1\ncheckpoints: {}\nsteps:\n  - evaluate: { id: cluster, logs: ${logs} }\n`);
  return file;
}

async function run(file: string) {
  const ended = await command('run', file, '--json', '--threads', '1');
  assert.equal(ended.code, 0, ended.stderr);
  const { steps } = JSON.parse(ended.stdout) as { steps: EvaluateSummary[] };
  const read = (name: string) =>
    readFileSync(path.join(file.replace(/\.frankenstein\.yaml$/, '.runs/cluster'), name), 'utf8');
  const rows = read('rows.jsonl').trim().split('\n');
  return { summary: steps[0]!, rows: rows.map((line) => JSON.parse(line) as EvaluateRow), read };
}

/** A spreadsheet of one sheet with cells that are texts. */
function spreadsheet(sheet: string): Uint8Array {
  const text = (xml: string) => new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
  const types = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return zipSync({
    'xl/workbook.xml': text(
      `<workbook xmlns="${main}" xmlns:r="${types}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': text(
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
        `<Relationship Id="rId1" Type="${types}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    'xl/worksheets/sheet1.xml': text(`<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`),
  });
}

describe('evaluate over logs', () => {
  it('of VLMEvalKit: judged answers before predictions, of both models the same items', async () => {
    const file = experiment(folder(), `{ base: ${fixtures}/vlmevalkit/base, in: ${fixtures}/vlmevalkit/in }`);
    const { summary, rows, read } = await run(file);
    assert.deepEqual(
      summary.comparisons.map(({ ability, n, transitions }) => ({ ability, n, ...transitions })),
      ['ToyMCQ', 'ToyVista_MINI'].map((ability) => ({ ability, n: 20, TT: 8, TF: 2, FT: 5, FF: 5 })),
    );
    // The text itself ends with another number: what counts is what the judge found in it.
    const { text, extracted, correct } = rows.find(({ key }) => key === 'base/ToyVista_MINI/3/image')!;
    assert.deepEqual([text, extracted, correct], [' There are 10 dots.\nSo 10, not 15.', '10', true]);
    assert.match(read('log.txt'), /of what a judge found in the text/);
    assert.match(read('log.txt'), /\.pkl is a pickle, which can run code when it is read: it is never read/);
    const manifest = JSON.parse(read('manifest.json')) as { facts: unknown; inputs: { kind: string }[] };
    assert.deepEqual(readEvaluateFacts(manifest.facts)!.abilities.ToyMCQ!.settings, ['image']);
    assert.deepEqual(
      manifest.inputs.map(({ kind }) => kind),
      ['data', 'data', 'data', 'data'],
    );
  });

  it('of lmms-eval: a trend over three names; a second run begins nothing anew, a changed log does', async () => {
    const at = folder();
    mkdirSync(path.join(at, 'logs'));
    const name = '20260612_093000_samples_toy_vista.jsonl';
    copyFileSync(`${fixtures}/lmms-eval/in/${name}`, path.join(at, 'logs/rl.jsonl'));
    const [base, ours] = ['base', 'in'].map((model) => `${fixtures}/lmms-eval/${model}/${name}`);
    const file = experiment(at, `{ base: ${base}, in: [${ours}], rl: ./logs/rl.jsonl }`);
    const { summary, rows } = await run(file);
    assert.equal(rows.length, 60);
    assert.deepEqual(
      summary.trends.map(({ chain, values, rises }) => ({ chain, values, rises })),
      [{ chain: ['base', 'in', 'rl'], values: [0.5, 0.65, 0.65], rises: true }],
    );
    assert.deepEqual(Object.keys(summary.abilities), ['toy_vista']);
    assert.deepEqual((await run(file)).summary, summary);

    const lines = readFileSync(path.join(at, 'logs/rl.jsonl'), 'utf8').replaceAll(
      '"true_false": false',
      '"true_false": true',
    );
    writeFileSync(path.join(at, 'logs/rl.jsonl'), lines);
    const changed = await command('run', file, '--json', '--fresh');
    assert.equal(changed.code, 0, changed.stderr);
    const { steps } = JSON.parse(changed.stdout) as { steps: EvaluateSummary[] };
    assert.equal(steps[0]!.abilities.toy_vista!.rl!.value, 1);
  });

  it('ends with what is wrong and how to mend it', async () => {
    const at = folder();
    mkdirSync(path.join(at, 'empty'));
    const ended = await command('run', experiment(at, '{ base: ./empty }'));
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /empty has no file that could be a log \(\.jsonl, \.json, \.xlsx, \.tsv, \.csv\)/);
    assert.match(ended.stderr, /lmms-eval and lm-evaluation-harness/);
  });
});

describe('spreadsheets', () => {
  const sandbox = new SandboxClient(path.resolve('dist'));
  after(() => sandbox.stop());
  const rowsOf = (bytes: Uint8Array) => {
    const file = path.join(folder(), 'x.xlsx');
    writeFileSync(file, bytes);
    return sandbox.spreadsheets.rows(file);
  };

  it('are read as pandas writes them', async () => {
    const rows = await sandbox.spreadsheets.rows(`${kit('base')}/base_ToyMCQ_exact_matching_result.xlsx`);
    assert.equal(rows.length, 20);
    assert.deepEqual(rows[0], {
      ...{ index: 1000, question: 'Is the "shape" 0 round?', A: 'yes', B: 'no', C: null, answer: 'A' },
      ...{ category: 'shape', prediction: 'A', hit: 1 },
    });
  });

  it('keep spaces and line ends of texts, and cells without a name out', async () => {
    const cell = (at: string, text: string) =>
      `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
    const sheet =
      `<row r="1">${cell('A1', 'index')}${cell('C1', 'prediction')}</row>` +
      `<row r="2"><c r="A2"><v>0</v></c>${cell('B2', 'lost')}${cell('C2', ' a\n b ')}</row>`;
    assert.deepEqual(await rowsOf(spreadsheet(sheet)), [{ index: 0, prediction: ' a\n b ' }]);
  });

  it('that are hostile are refused, and the next is read', async () => {
    const whole = readFileSync(`${kit('base')}/base_ToyMCQ_exact_matching_result.xlsx`);
    await refuses(rowsOf(whole.subarray(0, whole.length / 2)), /x\.xlsx: cannot be read as a spreadsheet/);
    await refuses(rowsOf(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3])), /cannot be read as a spreadsheet/);
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(2 ** 28 + 1) }, { level: 9 });
    assert.ok(bomb.length < 2 ** 19);
    await refuses(rowsOf(bomb), /it unpacks to more than 268435456 bytes/);
    // One cell at the far corner: as a table it would have seventeen thousand million cells.
    const corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
    await refuses(rowsOf(spreadsheet(corner)), /it has 1048576 rows of 16384 cells/);
    const rows = await sandbox.spreadsheets.rows(`${kit('in')}/in_ToyVista_MINI.xlsx`);
    assert.equal(rows.length, 20);
  });
});
