/** Which answers of different logs are to the same item, by which metric, and of which task. */
import assert from 'node:assert/strict';
import { chooseRuns } from '../../../../src/core/evaluate/results/chooseRuns';
import { countedAnswers } from '../../../../src/core/evaluate/results/countedAnswers';
import { textGold, type LogEntry } from '../../../../src/core/evaluate/results/logFormat';
import { logName } from '../../../../src/core/evaluate/results/logName';
import { matchItems } from '../../../../src/core/evaluate/results/matchItems';
import { verdictMetrics } from '../../../../src/core/evaluate/results/metrics';
import { nameTasks, type NamedLog } from '../../../../src/core/evaluate/results/nameTasks';

function entry(id: number | string, more: Partial<LogEntry> = {}): LogEntry {
  return {
    ...{ id: String(id), hash: null, filter: null, setting: 'text', question: null, gold: null, text: '' },
    ...{ extracted: null, judged: null, metrics: new Map() },
    ...more,
  };
}
const hashed = (id: number, hash: string, gold = 'x') => entry(id, { hash, gold: textGold(gold) });
const scored = (...metrics: [string, number][]) => entry(0, { metrics: new Map(metrics) });

/** Per item its id and how each model calls it. */
function matched(models: Record<string, LogEntry[]>) {
  const { items, leftOut, byIdAlone } = matchItems(new Map(Object.entries(models)));
  const named = items.map(({ id, answers }) => [
    id,
    Object.fromEntries([...answers].map(([name, own]) => [name, own.id])),
  ]);
  return { items: Object.fromEntries(named) as Record<string, object>, leftOut, byIdAlone };
}

describe('items of several logs', () => {
  it('are the same where their hashes are, whatever their ids', () => {
    const a = [hashed(0, 'p'), hashed(1, 'q'), hashed(2, 'r')];
    const b = [hashed(0, 'q', 'y'), hashed(1, 'r'), hashed(2, 'sssssssssss')];
    const c = [hashed(7, 'sssssssssss'), entry(1)];
    assert.deepEqual(matched({ a, b, c }).items, {
      '0': { a: '0' },
      '1': { a: '1', b: '0', c: '1' },
      '2': { a: '2', b: '1' },
      '2 (ssssssss)': { b: '2', c: '7' },
    });
  });

  it('are the same by id where the hashes of a log are all its own, unless what is right differs', () => {
    const found = matched({
      a: [hashed(0, 'p', '1'), hashed(1, 'q', '2')],
      b: [hashed(0, 'P', '1'), hashed(1, 'Q', '3')],
    });
    assert.deepEqual(found.items, { '0': { a: '0', b: '0' } });
    assert.deepEqual(found.byIdAlone, ['b']);
    assert.equal(found.leftOut[0]!.id, '1');
  });

  it('are not told apart by a hash that a log has twice', () => {
    const found = matched({ a: [hashed(0, 'p'), hashed(1, 'p')], b: [hashed(1, 'p'), hashed(2, 'q')] });
    assert.deepEqual(found.items, { '0': { a: '0' }, '1': { a: '1', b: '1' }, '2': { b: '2' } });
  });
});

describe('the metrics of a task', () => {
  it('are known ones first that every model has', () => {
    const first = [scored(['acc_norm', 1], ['mmmu_acc', 0], ['acc', 1])];
    assert.deepEqual(verdictMetrics([first, [scored(['acc', 0], ['mmmu_acc', 1])]]), ['acc', 'mmmu_acc']);
    assert.deepEqual(verdictMetrics([first, [scored(['mmmu_acc', 1])]]), ['mmmu_acc']);
    const more = scored(['own', 1], ['acc', 0], ['exact_match,none', 1]);
    assert.deepEqual(verdictMetrics([[more]]), ['exact_match,none', 'acc', 'own']);
  });

  it('are none whose values are no verdicts', () => {
    assert.deepEqual(verdictMetrics([[scored(['score', 4], ['bleu', 0.4])]]), []);
    assert.deepEqual(verdictMetrics([[scored(['score', 4], ['own', 1])]]), ['own']);
    assert.deepEqual(verdictMetrics([[scored(['own', 1])], [scored(['other', 1])]]), []);
    assert.deepEqual(verdictMetrics([]), []);
  });
});

describe('names of logs', () => {
  it('say task, run and model as the tools write them', () => {
    const of = (file: string) => {
      const { folder, task, stamp } = logName(file);
      return [folder, task, stamp];
    };
    assert.deepEqual(of('/o/m/20260612_093000_samples_mmmu_val.jsonl'), ['/o/m', 'mmmu_val', '20260612093000']);
    const harness = '/o/m/samples_minerva_math500_2026-06-12T09-30-00.12.jsonl';
    assert.deepEqual(of(harness), ['/o/m', 'minerva_math500', '2026061209300012']);
    assert.deepEqual(of('/o/Qwen_7B/T20260612_Gabc12345/Qwen_7B_MathVista_MINI.xlsx'), [
      '/o/Qwen_7B',
      'MathVista_MINI',
      '20260612',
    ]);
    assert.deepEqual(of('/o/M/M_MathVista_MINI_gpt-4o-mini.xlsx'), ['/o/M', 'MathVista_MINI', '']);
    assert.deepEqual(of('/o/M/M_MMStar_exact_matching_result.xlsx'), ['/o/M', 'MMStar', '']);
    assert.deepEqual(of('/o/M/answers.jsonl'), ['/o/M', null, '']);
  });

  it('lets the newest run count, and its judged answers', () => {
    const log = (file: string, stamp: string, judged = false) => ({ file, stamp, judged, folder: '/m', task: 't' });
    const { kept } = chooseRuns('x', [log('a', '20260612'), log('b', '20260612093000'), log('c', '20260611', true)]);
    assert.deepEqual(
      kept.map(({ file }) => file),
      ['b'],
    );
    const same = chooseRuns('x', [log('a', '1'), log('b', '1', true), log('c', '1')]);
    assert.deepEqual([same.kept.map(({ file }) => file), same.passed.map(({ file }) => file)], [['b'], ['a', 'c']]);
  });

  const named = (model: string, file: string, task: string | null, ...hashes: string[]): NamedLog => ({
    model,
    log: {
      ...{ file, task, folder: '', stamp: '', judged: false, given: file, tool: 'lmms-eval', problems: [] },
      entries: hashes.map((hash, id) => entry(id, { hash })),
    },
  });
  const tasks = (...logs: NamedLog[]) =>
    Object.fromEntries([...nameTasks(logs)].map(([task, own]) => [task, own.map(({ log: { file } }) => file)]));

  it('that say no task leave it to their items', () => {
    const found = tasks(
      named('a', 'gsm', 'gsm', 'p', 'q'),
      named('b', '1', null, 'p', 'q', 'r'),
      named('b', '2', null, 'z'),
    );
    assert.deepEqual(found, { gsm: ['gsm', '1'], '2': ['2'] });
  });

  it('that say no task say what they have in common', () => {
    assert.deepEqual(tasks(named('a', 'a/x.jsonl', null), named('b', 'b/x.jsonl', null)), {
      x: ['a/x.jsonl', 'b/x.jsonl'],
    });
    assert.deepEqual(tasks(named('a', 'Q_A_Vista.tsv', null), named('b', 'Q_B_Vista.tsv', null)), {
      Vista: ['Q_A_Vista.tsv', 'Q_B_Vista.tsv'],
    });
    assert.deepEqual(tasks(named('a', 'base.jsonl', null), named('b', 'in.jsonl', null)), {
      answers: ['base.jsonl', 'in.jsonl'],
    });
    const four = ['A_x_V', 'A_x_S', 'B_V', 'B_S'].map((name, i) => named(i < 2 ? 'a' : 'b', `${name}.tsv`, null));
    assert.deepEqual(tasks(...four), { V: ['A_x_V.tsv', 'B_V.tsv'], S: ['A_x_S.tsv', 'B_S.tsv'] });
  });

  it('of files of one model count as one log, later lines before earlier ones', () => {
    const log = (...entries: LogEntry[]): NamedLog => ({ model: 'a', log: { ...named('a', 'x', 't').log, entries } });
    const of = (filter: string | null, text: string, id = 0) => entry(id, { filter, text });
    const count = (...logs: NamedLog[]) => {
      const { filter, replaced, models } = countedAnswers(logs);
      return [filter, replaced, models.get('a')!.map(({ text }) => text)];
    };
    assert.deepEqual(count(log(of('strict', 's'), of('none', 'n'), of('custom', 'c'))), ['none', 0, ['n']]);
    assert.deepEqual(count(log(of('strict', 's'), of('custom', 'c'))), ['custom', 0, ['c']]);
    assert.equal(countedAnswers([log(of('strict', 's'), of('none', 'n'))], 'strict').filter, 'strict');
    assert.deepEqual(count(log(of(null, 'old'), of(null, 'b', 1)), log(of(null, 'new'))), [null, 1, ['new', 'b']]);
  });
});
