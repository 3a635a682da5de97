import assert from 'node:assert/strict';
import { browseItems } from '../../../src/core/evaluate/itemBrowser';
import { verdicts } from '../../../src/core/evaluate/verdicts';
import type { EvaluateFacts, EvaluateRow } from '../../../src/shared/evaluateResults';
import type { ItemsQuery } from '../../../src/shared/protocol/abilities';
import type { Setting } from '../../../src/shared/vocabulary';
import { datasetItem } from '../../harness/datasetItem';

const ids = ['a', 'b', 'c', 'd'];
const facts: EvaluateFacts = {
  checkpoints: ['in', 'rl'],
  chain: ['in', 'rl'],
  abilities: {
    vision: { dataset: 'vision.jsonl', settings: ['image', 'black'], items: ids, leftOut: [], floor: null },
    reasoning: { dataset: 'math.jsonl', settings: ['text'], items: ['a'], leftOut: [], floor: null },
  },
  samples: 1,
};

/** "10": right with the image, wrong with the black one. */
function rowsOf(checkpoint: string, id: string, correct: string, change: Partial<EvaluateRow> = {}): EvaluateRow[] {
  return [...correct].map((digit, i) => {
    const setting: Setting = i === 0 ? 'image' : 'black';
    return {
      key: [checkpoint, id, setting].join('/'),
      checkpoint,
      ability: 'vision',
      setting,
      id,
      text: `${checkpoint} on ${id} in ${setting}`,
      extracted: digit,
      correct: digit === '1',
      ...change,
    };
  });
}

// In the order of a run that asks one checkpoint after another: in has a and b, rl has b and c, and not d yet.
const rows = [
  ...rowsOf('rl', 'a', '11'),
  ...rowsOf('in', 'a', '10'),
  ...rowsOf('in', 'b', '10'),
  ...rowsOf('in', 'c', '00'),
  ...rowsOf('in', 'd', '00', { truncated: true }),
  ...rowsOf('rl', 'b', '10'),
  ...rowsOf('rl', 'c', '10'),
  ...rowsOf('rl', 'd', '1'),
];
const items = new Map(
  ids
    .slice(0, 3)
    .map((id) => [id, datasetItem({ id, image: `/lab/${id}.png`, choices: ['x', 'y'], category: 'counting' })]),
);
const all: ItemsQuery = { ability: 'vision', filter: { kind: 'all' }, search: '', from: 0, to: 100 };

function browse(part: Partial<ItemsQuery> = {}, own = { facts, rows, items }) {
  return browseItems(
    { ...own, verdicts: verdicts(own.facts, own.rows).get(part.ability ?? 'vision')! },
    { ...all, ...part },
  );
}
const found = (part: Partial<ItemsQuery>) => browse(part).items.map(({ id }) => id);

describe('browseItems', () => {
  it('gives items in plan order, half-open, and counts all', () => {
    const { items: page, total } = browse({ from: 1, to: 3 });
    assert.deepEqual([page.map(({ id }) => id), total], [['b', 'c'], 4]);
    assert.deepEqual(browse({ from: 4, to: 8 }), { items: [], total: 4 });
    assert.deepEqual(found({ ability: 'reasoning' }), ['a']);
  });

  it('says what was asked and what everybody answered, checkpoints and settings in their order', () => {
    const [a] = browse().items;
    assert.deepEqual([a!.question, a!.gold, a!.choices, a!.category], ['What is a?', '1', ['x', 'y'], 'counting']);
    assert.equal(a!.imageFile, '/lab/a.png');
    assert.deepEqual(
      a!.answers.map(({ checkpoint, setting, text }) => [checkpoint, setting, text]),
      ['in', 'rl'].flatMap((name) =>
        ['image', 'black'].map((setting) => [name, setting, `${name} on a in ${setting}`]),
      ),
    );
  });

  it('knows of an item that is gone what the rows say', () => {
    const d = browse().items[3]!;
    assert.deepEqual([d.question, d.gold, d.imageFile, d.choices], [null, null, null, []]);
    assert.deepEqual(
      d.answers.map(({ truncated }) => truncated),
      [true, true, false],
    );
  });

  it('counts as the ability does: right with the image and wrong without; not answered is neither', () => {
    assert.deepEqual(
      browse().items.map(({ right }) => right),
      [{ in: true, rl: false }, { in: true, rl: true }, { in: false, rl: true }, { in: false }],
    );
  });

  it('finds items by the cell of a table of transitions that they fall into', () => {
    const cell = (a: string, b: string, which: 'TT' | 'TF' | 'FT' | 'FF') =>
      found({ filter: { kind: 'transition', a, b, cell: which } });
    assert.deepEqual(
      [cell('in', 'rl', 'TT'), cell('in', 'rl', 'TF'), cell('in', 'rl', 'FT'), cell('in', 'rl', 'FF')],
      [['b'], ['a'], ['c'], []],
    );
    assert.deepEqual(cell('rl', 'in', 'TF'), ['c']);
  });

  it('finds items that a checkpoint has right or wrong', () => {
    const by = (checkpoint: string, right: boolean) => found({ filter: { kind: 'verdict', checkpoint, right } });
    assert.deepEqual([by('rl', true), by('rl', false), by('in', false)], [['b', 'c'], ['a'], ['c', 'd']]);
  });

  it('searches ids, questions and answers, in any case', () => {
    assert.deepEqual(found({ search: ' IS B?' }), ['b']);
    assert.deepEqual(found({ search: 'rl on c' }), ['c']);
    assert.deepEqual(found({ search: 'd' }), ['d']);
    assert.deepEqual(browse({ search: 'rl on', filter: { kind: 'verdict', checkpoint: 'in', right: true } }).total, 2);
    assert.deepEqual(found({ search: 'nothing' }), []);
  });

  it('of several samples takes the majority, as transitions do', () => {
    const sampled = { ...facts, samples: 3 };
    const of = (id: string, corrects: readonly string[]) =>
      corrects.flatMap((correct, sample) => rowsOf('in', id, correct, { sample }));
    const own = { facts: sampled, rows: [...of('a', ['10', '10', '00']), ...of('b', ['10', '00', '00'])], items };
    assert.deepEqual(
      browse({}, own)
        .items.slice(0, 2)
        .map(({ right }) => right),
      [{ in: true }, { in: false }],
    );
    assert.deepEqual(
      browse({}, own)
        .items[0]!.answers.map(({ setting, sample }) => [setting, sample])
        .slice(0, 4),
      [
        ['image', 0],
        ['image', 1],
        ['image', 2],
        ['black', 0],
      ],
    );
  });

  it('has nothing of an ability that is none', () => {
    const query = { ...all, ability: 'constructor' };
    assert.deepEqual(browseItems({ facts, rows, items, verdicts: new Map() }, query), { items: [], total: 0 });
  });
});
