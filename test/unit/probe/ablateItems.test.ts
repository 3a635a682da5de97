import assert from 'node:assert/strict';
import { ablateItems, type ItemQuery } from '../../../src/core/probe/ablateItems';
import type { AblateRow } from '../../../src/shared/ablateResults';
import { datasetItem } from '../../harness/datasetItem';

/** @param marks for each item whether it is right: at the baseline, at layer 2, at vision layer 2: + right, - wrong, ? not asked, . no row yet */
function rowsOf(marks: Readonly<Record<string, string>>): AblateRow[] {
  const places = [
    { part: null, layer: null },
    { part: 'languageModel', layer: 2 },
    { part: 'vision', layer: 2 },
  ] as const;
  return Object.entries(marks).flatMap(([id, all]) =>
    places.flatMap(({ part, layer }, i) => {
      const mark = all[i];
      if (mark === undefined || mark === '.') return [];
      const correct = mark === '?' ? null : mark === '+';
      const name = `${id} ${part ?? 'baseline'}`;
      const text = correct === null ? null : name;
      return [
        { key: name, id, part, layer, text, extracted: text, correct, logLikelihood: correct === null ? 0 - i : null },
      ];
    }),
  );
}

const query: ItemQuery = { part: 'languageModel', layer: 2, only: 'all', from: 0, to: 100 };

describe('ablateItems', () => {
  const rows = rowsOf({ kept: '+++', lost: '+-+', gained: '-+-', wrong: '---', half: '-', unasked: '?+?' });
  const ids = (part: Partial<ItemQuery>, of = rows) =>
    ablateItems(of, new Map(), { ...query, ...part }).items.map(({ id }) => id);

  it('lists the items of a layer in the order of the rows, and those lost or gained by it', () => {
    assert.deepEqual(ids({}), ['kept', 'lost', 'gained', 'wrong', 'unasked']);
    assert.deepEqual(ids({ only: 'lost' }), ['lost']);
    assert.deepEqual(ids({ only: 'gained' }), ['gained']);
    assert.deepEqual(ids({ layer: 3 }), []);
  });

  it('tells the parts of the model apart', () => {
    assert.deepEqual(ids({ part: 'vision', only: 'lost' }), []);
    const { items } = ablateItems(rows, new Map(), { ...query, part: 'vision' });
    assert.deepEqual(items[1]!.ablated, { text: 'lost vision', correct: true, logLikelihood: null });
  });

  it('pages, and counts all that are wanted', () => {
    const { items, total } = ablateItems(rows, new Map(), { ...query, from: 1, to: 3 });
    assert.deepEqual([items.map(({ id }) => id), total], [['lost', 'gained'], 5]);
  });

  it('puts each answer beside its baseline and what the data set says', () => {
    const known = new Map([['lost', datasetItem({ id: 'lost', answer: 'lost!', image: '/lab/lost.png' })]]);
    const { items } = ablateItems(rows, known, { ...query, only: 'lost' });
    assert.deepEqual(items, [
      {
        id: 'lost',
        question: 'What is lost?',
        gold: 'lost!',
        imageFile: '/lab/lost.png',
        baseline: { text: 'lost baseline', correct: true, logLikelihood: null },
        ablated: { text: 'lost languageModel', correct: false, logLikelihood: null },
      },
    ]);
  });

  it('keeps answers of items that the data set no longer has, and of baselines still to come', () => {
    const late = rowsOf({ a: '.+' });
    const [first] = ablateItems(late, new Map(), query).items;
    assert.deepEqual([first!.question, first!.gold, first!.imageFile], [null, null, null]);
    assert.deepEqual(first!.baseline, { text: null, correct: null, logLikelihood: null });
    assert.deepEqual(ids({ only: 'gained' }, late), []);
  });

  it('has likelihoods where no answers are', () => {
    const { items } = ablateItems(rowsOf({ a: '??' }), new Map(), query);
    assert.deepEqual(
      items.map(({ baseline, ablated }) => [baseline.logLikelihood, ablated.logLikelihood, ablated.text]),
      [[0, -1, null]],
    );
    assert.deepEqual(ids({ only: 'lost' }, rowsOf({ a: '??' })), []);
  });
});
