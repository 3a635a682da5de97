import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertSevenWhole, manifestOf, readRunFile, runFake, sevenUnits } from '../../harness/fakeStep';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('plan and inputs of a run', () => {
  function withInput(kind: 'data' | 'weights') {
    const runs = folder();
    const file = path.join(folder(), 'input');
    writeFileSync(file, 'abc');
    return { runs, file, run: () => runFake(runs, { ...sevenUnits, inputs: [{ path: file, kind }] }) };
  }
  const aside = (runs: string) => readdirSync(runs).filter((name) => name.startsWith('fake~'));

  it('another option sets the earlier run aside, whole', async () => {
    const runs = folder();
    await runFake(runs, { ...sevenUnits, options: { a: 1, b: 2 } }).result;
    await runFake(runs, { ...sevenUnits, options: { b: 2, a: 1 } }).result;
    assert.deepEqual(aside(runs), [], 'the order of keys is no option');
    const earlier = ['rows.jsonl', 'summary.json', 'manifest.json'].map((name) => readRunFile(runs, name));
    const { logged, result } = runFake(runs, { ...sevenUnits, options: { a: 2, b: 2 } });
    await result;
    assert.deepEqual(aside(runs), ['fake~1']);
    assert.ok(
      logged.some((line) => line.endsWith('plan or input changed, the earlier run is now in fake~1')),
      logged.join(),
    );
    assert.deepEqual(
      ['rows.jsonl', 'summary.json', 'manifest.json'].map((name) => readRunFile(runs, name, 'fake~1')),
      earlier,
    );
  });

  it('versions of programs do not', async () => {
    const runs = folder();
    await runFake(runs, sevenUnits).result;
    await runFake(runs, sevenUnits, { versions: { node: 'other' } }).result;
    assert.deepEqual(aside(runs), []);
  });

  it('--fresh does, once per call', async () => {
    const runs = folder();
    await runFake(runs, sevenUnits, { fresh: true }).result;
    assert.deepEqual(aside(runs), [], 'there was nothing');
    await runFake(runs, sevenUnits, { fresh: true }).result;
    await runFake(runs, sevenUnits, { fresh: true }).result;
    assert.deepEqual(aside(runs), ['fake~1', 'fake~2']);
    assertSevenWhole(runs);
  });

  it('data are known by their content', async () => {
    const { runs, file, run } = withInput('data');
    await run().result;
    const sha256 = createHash('sha256').update('abc').digest('hex');
    assert.deepEqual(manifestOf(runs).inputs, [{ path: file, kind: 'data', size: 3, sha256 }]);
    utimesSync(file, 1, 1);
    await run().result;
    assert.deepEqual(aside(runs), []);
    writeFileSync(file, 'xyz');
    await run().result;
    assert.deepEqual(aside(runs), ['fake~1']);
  });

  it('weights by their identity or their content; they are hashed beside the work', async () => {
    const { runs, file, run } = withInput('weights');
    await run().result;
    const [record] = manifestOf(runs).inputs;
    assert.equal(record!.sha256, createHash('sha256').update('abc').digest('hex'));
    assert.equal(record!.identity!.size, 3);
    utimesSync(file, 1, 1);
    await run().result;
    assert.deepEqual(aside(runs), [], 'touched, but of the same content');
    writeFileSync(file, 'xyz');
    utimesSync(file, 2, 2);
    await run().result;
    assert.deepEqual(aside(runs), ['fake~1']);
  });

  it('weights that change during the run end it before they get into the rows', async () => {
    const { runs, file } = withInput('weights');
    const before = (batch: number) => {
      if (batch === 2) writeFileSync(file, 'changed');
    };
    await assert.rejects(runFake(runs, { ...sevenUnits, inputs: [{ path: file, kind: 'weights' }], before }).result, {
      name: 'InputError',
      message: `${file} was changed while it was being used`,
    });
    assert.equal(readRunFile(runs, 'rows.jsonl').split('\n').length - 1, 3);
  });

  it('an input inside the experiment’s folder is named relative to it', async () => {
    const runs = folder();
    writeFileSync(path.join(runs, 'in.txt'), 'abc');
    await runFake(runs, { ...sevenUnits, inputs: [{ path: path.join(runs, 'in.txt'), kind: 'data' }] }).result;
    assert.equal(manifestOf(runs).inputs[0]!.path, 'in.txt');
  });

  it('rows without a manifest, and a damaged manifest, are set aside and not mixed', async () => {
    for (const manifest of [null, '{', 'null', '{}']) {
      const runs = folder();
      mkdirSync(path.join(runs, 'fake'));
      writeFileSync(path.join(runs, 'fake/rows.jsonl'), '{"key":"old"}\n');
      if (manifest !== null) writeFileSync(path.join(runs, 'fake/manifest.json'), manifest);
      await runFake(runs, sevenUnits).result;
      assertSevenWhole(runs);
      assert.equal(readRunFile(runs, 'rows.jsonl', 'fake~1'), '{"key":"old"}\n');
    }
  });
});
