import assert from 'node:assert/strict';
import type { EvaluateFacts, EvaluateRow } from '../../../src/shared/evaluateResults';
import { summariseEvaluate } from '../../../src/core/evaluate/evaluateSummary';
import { readEvaluateFacts, readEvaluateRows } from '../../../src/core/evaluate/evaluateFacts';
import { wilsonInterval } from '../../../src/core/statistics/wilson';
import type { Setting } from '../../../src/shared/vocabulary';

const ids = (count: number) => Array.from({ length: count }, (_, i) => `item ${i}`);

function facts(count: number, samples = 1): EvaluateFacts {
  const of = (settings: readonly Setting[]) => ({
    dataset: './x.jsonl',
    settings,
    items: ids(count),
    leftOut: [{ id: 'odd', problem: 'it has no image' }],
    floor: null,
  });
  return {
    checkpoints: ['base', 'in', 'rl'],
    chain: ['base', 'in', 'rl'],
    samples,
    abilities: {
      vision: of(['image', 'black']),
      visionToReasoning: of(['image', 'description']),
      reasoning: of(['text']),
    },
  };
}

/** A row; `correct` is 0 or 1. */
function row(checkpoint: string, ability: string, id: string, setting: Setting, correct: number, sample?: number) {
  const key = [checkpoint, ability, id, setting, sample].join('/');
  const own = sample === undefined ? {} : { sample };
  return {
    key,
    checkpoint,
    ability,
    setting,
    id,
    ...own,
    text: 'x',
    extracted: 'x',
    correct: correct === 1,
  } as EvaluateRow;
}

/** Reasoning rows of a checkpoint, one digit per item. */
const reasoning = (checkpoint: string, right: string) =>
  [...right].map((digit, i) => row(checkpoint, 'reasoning', `item ${i}`, 'text', Number(digit)));

describe('summariseEvaluate', () => {
  it('counts an ability as the paper defines it', () => {
    const rows = [
      ...[
        [1, 0],
        [1, 1],
        [0, 0],
        [0, 1],
      ].flatMap(([image, black], i) => [
        row('in', 'vision', `item ${i}`, 'image', image!),
        row('in', 'vision', `item ${i}`, 'black', black!),
        row('in', 'visionToReasoning', `item ${i}`, 'image', image!),
        row('in', 'visionToReasoning', `item ${i}`, 'description', black!),
      ]),
    ];
    const { abilities } = summariseEvaluate(facts(4), rows, true);
    // Right with the image and wrong without it: the first item alone.
    const { vision, visionToReasoning } = {
      vision: abilities.vision!.in!,
      visionToReasoning: abilities.visionToReasoning!.in!,
    };
    assert.deepEqual({ n: vision.n, value: vision.value }, { n: 4, value: 1 / 4 });
    assert.deepEqual({ low: vision.low, high: vision.high }, wilsonInterval(1, 4));
    assert.equal(vision.settings.image!.value, 1 / 2);
    assert.equal(vision.settings.black!.value, 1 / 2);
    // Right with both: the second item alone.
    assert.equal(visionToReasoning.value, 1 / 4);
  });

  it('compares every pair on common items, the later less the earlier', () => {
    const rows = [...reasoning('base', '1100000000'), ...reasoning('in', '0111111110'), ...reasoning('rl', '01111111')];
    const { comparisons } = summariseEvaluate(facts(10), rows, true);
    assert.deepEqual(
      comparisons.map(({ a, b, n }) => [a, b, n]),
      [
        ['base', 'in', 10],
        ['base', 'rl', 8],
        ['in', 'rl', 8],
      ],
    );
    const [first, , last] = comparisons;
    assert.deepEqual(first!.transitions, { TT: 1, TF: 1, FT: 7, FF: 1 });
    assert.ok(Math.abs(first!.difference - 0.6) < 1e-12);
    assert.ok(first!.low < 0.6 && first!.low > 0 && first!.high > 0.6);
    assert.equal(first!.pValue, 0.0703125); // one against seven: Fagerland et al. 2017
    assert.equal(first!.pAdjusted, 3 * 0.0703125);
    assert.equal(first!.detectable, 0.6);
    assert.deepEqual([last!.difference, last!.pValue, last!.low, last!.high], [0, 1, 0, 0]);
  });

  it('states a trend with its uncertainty, on the items of the whole chain', () => {
    const rows = [
      ...reasoning('base', '1000000000'),
      ...reasoning('in', '1111100000'),
      ...reasoning('rl', '1111111111'),
    ];
    const [trend] = summariseEvaluate(facts(10), rows, true).trends;
    assert.deepEqual([trend!.values, trend!.rises], [[0.1, 0.5, 1], true]);
    assert.equal(trend!.probability, 1); // nested: it rises however the items are drawn
    const mixed = [...reasoning('base', '10101'), ...reasoning('in', '01010'), ...reasoning('rl', '11001')];
    const [other] = summariseEvaluate(facts(5), mixed, true).trends;
    assert.equal(other!.rises, false);
    assert.ok(other!.probability > 0.05 && other!.probability < 0.6, String(other!.probability));
  });

  it('takes the mean of several samples, with intervals by item', () => {
    const samples = (id: string, right: readonly number[]) =>
      right.map((one, sample) => row('rl', 'reasoning', id, 'text', one, sample));
    const rows = [...samples('item 0', [1, 1, 0, 1]), ...samples('item 1', [0, 0, 0, 0]), ...samples('item 2', [1, 1])];
    const score = summariseEvaluate(facts(3, 4), rows, false).abilities.reasoning!.rl!;
    assert.deepEqual([score.n, score.value], [2, 0.375]); // the third is not complete yet
    assert.ok(score.low === 0 && score.high === 0.75);
  });

  it('says which items have no answers once it is complete, and who was cut off', () => {
    const cut = { ...row('in', 'reasoning', 'item 0', 'text', 0), truncated: true as const };
    const complete = summariseEvaluate(facts(2), [cut], true);
    assert.deepEqual(
      complete.leftOut.reasoning!.map(({ id }) => id),
      ['odd', 'item 0', 'item 1'],
    );
    assert.match(complete.leftOut.reasoning![1]!.problem, /base, rl/);
    assert.deepEqual(
      summariseEvaluate(facts(2), [cut], false).leftOut.reasoning!.map(({ id }) => id),
      ['odd'],
    );
    assert.deepEqual(complete.truncated, { base: 0, in: 1, rl: 0 });
  });

  it('keeps the judge’s verdicts apart, and its failures apart from these', () => {
    const rows = [
      { ...row('in', 'reasoning', 'item 0', 'text', 1), judge: { correct: true } },
      { ...row('in', 'reasoning', 'item 1', 'text', 0), judge: { correct: true } },
      { ...row('in', 'reasoning', 'item 2', 'text', 0), judge: { failed: 'no answer' } },
    ];
    const { value, judge } = summariseEvaluate(facts(3), rows, true).abilities.reasoning!.in!;
    assert.equal(value, 1 / 3);
    assert.deepEqual(judge, { n: 2, correct: 2, agrees: 1, failed: 1 });
  });
});

describe('facts and rows of a run folder', () => {
  it('are read back, and nothing else is taken for them', () => {
    assert.deepEqual(readEvaluateFacts(JSON.parse(JSON.stringify(facts(2)))), facts(2));
    assert.equal(readEvaluateFacts({ checkpoints: ['a'] }), null);
    const good = row('in', 'reasoning', 'a', 'text', 1);
    assert.deepEqual(readEvaluateRows([good, { key: 'x' }, { ...good, setting: 'blank' } as never]), [good]);
  });
});
