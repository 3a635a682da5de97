/** Files as the tools write them, whatever their kind. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { delimitedRows } from '../../../../src/core/evaluate/results/delimitedRows';
import { withoutNaN } from '../../../../src/core/evaluate/results/pythonNumbers';
import { readLogFile } from '../../../../src/core/evaluate/results/readLogFile';
import { pythonList } from '../../../../src/core/evaluate/results/vlmEvalKit';
import { InputError } from '../../../../src/shared/errors';
import { noSpreadsheets, runLogs, writeFiles } from '../../../harness/logRun';
import { temporaryFolders } from '../../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('log files', () => {
  it('reads tables with quoted cells', () => {
    const text = 'index\tprediction\r\n1\t"two\nlines, a ""quote"""\r\n\r\n2\t\n3\t"\t"';
    assert.deepEqual(delimitedRows('x', text, '\t'), [
      { index: '1', prediction: 'two\nlines, a "quote"' },
      { index: '2', prediction: null },
      { index: '3', prediction: '\t' },
    ]);
    assert.deepEqual(delimitedRows('x', 'a,b\n1', ','), [{ a: '1', b: null }]);
    assert.throws(() => delimitedRows('x.csv', 'a,b\n1,"2', ','), /x\.csv: a quoted cell does not end/);
    assert.throws(() => delimitedRows('x.csv', 'a,b\n1,"2"3\n', ','), InputError);
  });

  it("reads Python's numbers that JSON has not, and touches no text", () => {
    const clean = (text: string) => Buffer.from(withoutNaN(Buffer.from(text))).toString();
    assert.equal(
      clean('{"a": NaN, "NaN": "NaN \\" -Infinity", "b": [-Infinity, Infinity]}'),
      '{"a": null, "NaN": "NaN \\" -Infinity", "b": [null, null]}',
    );
    assert.equal(clean('{"open: NaN\n{"b": NaN}\n'), '{"open: NaN\n{"b": null}\n');
    assert.equal(clean('{"é": NaN}'), '{"é": null}');
  });

  it('reads lists as Python prints them', () => {
    assert.deepEqual(pythonList(`['3/11', "it's", 'it\\'s', 'a, b']`), ['3/11', "it's", "it's", 'a, b']);
    assert.deepEqual(pythonList('[]'), []);
    assert.deepEqual(pythonList(null), []);
    assert.deepEqual(pythonList(`['${'x'.repeat(20_000)}']`), []);
  });

  it('reads one JSON value that holds all, as some versions write it', async () => {
    const at = folder();
    const log = { doc_id: 0, target: 'a', filtered_resps: ['a'], mme_score: { score: 1.0, category: 'x' } };
    writeFiles(at, {
      'mme.json': JSON.stringify({ args: {}, model_configs: { task: 'mme' }, logs: [log, 7] }, null, 1),
      'x_Toy.json': '[\n {"index": 1, "prediction": "B", "answer": "B", "A": NaN, "B": "yes", "hit": true}\n]',
    });
    const rows = await readLogFile(path.join(at, 'mme.json'), noSpreadsheets);
    assert.equal(rows.task, 'mme');
    assert.deepEqual(rows.rows[1], { place: 'log 2', problem: 'not a JSON object' });
    const { summary } = await runLogs(at, { logs: { base: ['./mme.json', './x_Toy.json'] } });
    assert.deepEqual(Object.keys(summary.abilities), ['mme', 'x_Toy']);
    assert.equal(summary.abilities.mme!.base!.value, 1);
    assert.equal(summary.abilities.x_Toy!.base!.value, 1);
  });
});
