import assert from 'node:assert/strict';
import { defaultPairs } from '../../../src/core/pairs/options';
import { outlineSize, type FontOutlines } from '../../../src/core/pairs/outline';
import { planPairs } from '../../../src/core/pairs/planPairs';
import type { PlannedPair } from '../../../src/core/pairs/plannedPair';
import type { Item, Scene } from '../../../src/core/pairs/scene';
import { sceneSvg } from '../../../src/core/pairs/svg';
import type { Box } from '../../../src/core/probe/pairs';
import type { PairsParams } from '../../../src/shared/protocol/engine';
import { visionFunctions, type VisionFunction } from '../../../src/shared/vocabulary';

const words = 'ant bee cat dog elk fox gnu hen ibis jay'.split(' ');
/** Letters of half the font size that stand on the baseline. */
const font: FontOutlines = {
  font: 'plain',
  outlines: new Map(
    words.map((word) => {
      const [width, height] = [(word.length * outlineSize) / 2, outlineSize / 2];
      return [word, { word, path: `M0 0L${width} 0L${width} -${height}Z`, box: [0, -height, width, 0] }];
    }),
  ),
};

function only(some: readonly string[]): FontOutlines {
  return { ...font, outlines: new Map(some.map((word) => [word, font.outlines.get(word)!])) };
}

function plan(options: Partial<PairsParams> = {}): ReadonlyMap<VisionFunction, readonly PlannedPair[]> {
  const params = { ...defaultPairs, output: '/nowhere', count: 40, ...options };
  return planPairs(params, words, [font]);
}

function pairsOf(name: VisionFunction, options: Partial<PairsParams> = {}): readonly PlannedPair[] {
  return plan({ ...options, functions: [name] }).get(name)!;
}

/** Without what `some` and the others have in common. */
function beyond({ items }: Scene, others: Scene): readonly Item[] {
  const known = new Set(others.items.map((item) => JSON.stringify(item)));
  return items.filter((item) => !known.has(JSON.stringify(item)));
}

function overlaps(a: Box, b: Box, distance = 0): boolean {
  return a[0] < b[2] + distance && b[0] < a[2] + distance && a[1] < b[3] + distance && b[1] < a[3] + distance;
}

describe('planPairs', () => {
  it('the same seed gives the same pairs, another one others; more pairs begin with the same', () => {
    const texts = (options: Partial<PairsParams>) => [...plan(options).values()].map((pairs) => pairs.map(asText));
    const asText = (pair: PlannedPair) => JSON.stringify(pair);
    const first = texts({ seed: 7 });
    assert.deepEqual(texts({ seed: 7 }), first);
    assert.deepEqual(
      texts({ seed: 7, count: 10 }),
      first.map((pairs) => pairs.slice(0, 10)),
    );
    const other = texts({ seed: 8 }).flat();
    assert.equal(first.flat().filter((pair, i) => pair === other[i]).length, 0);
  });

  for (const size of [
    { width: 56, height: 56 },
    { width: 112, height: 84 },
    { width: 640, height: 200 },
  ]) {
    it(`${size.width}×${size.height}: both images are of that size, items lie inside and apart, targets differ`, () => {
      for (const [name, pairs] of plan({ sizes: [size], counts: [1, 6], count: 45 })) {
        assert.equal(pairs.length, 45);
        for (const { id, target, source } of pairs) {
          assert.ok(id.startsWith(`${name}_`));
          for (const { width, height, background, items } of [target, source]) {
            assert.deepEqual({ width, height }, size, id);
            assert.deepEqual(background, target.background, id);
            items.forEach(({ box }, i) => {
              assert.ok(box.every(Number.isInteger), id);
              assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height, `${id}: ${box.join()}`);
              for (const other of items.slice(i + 1)) assert.ok(!overlaps(box, other.box, 2), id);
            });
          }
        }
        assert.equal(new Set(pairs.map(({ target }) => sceneSvg(target))).size, 45);
        const unordered = pairs.map(({ target, source }) => [target, source].map(sceneSvg).sort().join());
        assert.equal(new Set(unordered).size, 45);
      }
    });
  }

  it('several sizes take turns', () => {
    const sizes = [
      { width: 112, height: 112 },
      { width: 224, height: 112 },
    ];
    const seen = pairsOf('grounding', { sizes, count: 4 }).map(({ target }) => target.width);
    assert.deepEqual(seen, [112, 224, 112, 224]);
  });

  it('counting: the larger number is the smaller one and further objects', () => {
    const seen = new Set<string>();
    for (const { id, target, source, meta, changed } of pairsOf('counting', { counts: [2, 5], count: 200 })) {
      assert.deepEqual(
        [meta.target_answer, meta.source_answer],
        [target, source].map(({ items }) => `${items.length}`),
      );
      for (const { items } of [target, source]) assert.ok(items.length >= 2 && items.length <= 5, id);
      const [more, fewer] = target.items.length > source.items.length ? [target, source] : [source, target];
      assert.equal(beyond(fewer, more).length, 0, id);
      assert.deepEqual(
        beyond(more, fewer).map(({ box }) => box),
        changed,
      );
      assert.equal(new Set(more.items.map(({ colour, box }) => `${colour.join()} ${box[2] - box[0]}`)).size, 1, id);
      seen.add(`${meta.target_answer}>${meta.source_answer}`);
    }
    assert.equal(seen.size, 12, 'every pair of numbers, in both directions');
  });

  it('grounding: one object at two places that do not touch', () => {
    for (const { id, target, source, meta } of pairsOf('grounding', { count: 200 })) {
      const [here, there] = [target.items, source.items].map(([item, ...others]) => {
        assert.deepEqual(others, []);
        return item!;
      }) as [Item, Item];
      assert.deepEqual({ ...here, box: there.box }, there, id);
      assert.deepEqual([meta.target_bbox_xyxy, meta.source_bbox_xyxy], [here.box, there.box]);
      assert.ok(!overlaps(here.box, there.box), id);
    }
  });

  it('recognition: one scene has an object more, the target every other time; its like is not in the other', () => {
    pairsOf('recognition', { count: 100, distractors: 3 }).forEach(({ id, target, source, meta, prompt }, i) => {
      const [having, without] = meta.target_answer === 'Yes' ? [target, source] : [source, target];
      assert.equal(meta.target_answer, i % 2 === 0 ? 'Yes' : 'No');
      assert.equal(meta.source_answer, i % 2 === 0 ? 'No' : 'Yes');
      assert.equal(without.items.length, 3);
      assert.equal(beyond(without, having).length, 0, id);
      const [object, ...others] = beyond(having, without);
      assert.deepEqual(others, []);
      const looks = (item: Item) => `${item.kind === 'shape' && item.shape} ${item.colour.join()}`;
      assert.ok(!without.items.map(looks).includes(looks(object!)), id);
      assert.equal(prompt, `Is there a ${meta.category_name as string} in the image? Answer Yes or No only.`);
    });
  });

  it('recognition without distractors: the target always has the object', () => {
    for (const { meta, source } of pairsOf('recognition', { distractors: 0 })) {
      assert.equal(meta.target_answer, 'Yes');
      assert.deepEqual(source.items, []);
    }
  });

  it('ocr: two words at one place; every pair of words once, to the last', () => {
    const pairs = pairsOf('ocr', { count: 45 });
    for (const { target, source, meta, changed } of pairs) {
      const [[one], [other]] = [target.items, source.items];
      assert.ok(one?.kind === 'text' && other?.kind === 'text');
      assert.deepEqual([one.at, one.scale, one.colour], [other.at, other.scale, other.colour]);
      assert.equal(one.path, font.outlines.get(meta.target_text!)!.path);
      assert.equal(other.path, font.outlines.get(meta.source_text!)!.path);
      const [x1, y1, x2, y2] = changed[0]!;
      for (const { box } of [one, other]) {
        assert.ok(box[0] >= x1 && box[1] >= y1 && box[2] <= x2 && box[3] <= y2);
      }
    }
    const unordered = pairs.map(({ meta }) => [meta.target_text, meta.source_text].sort().join(' '));
    assert.equal(new Set(unordered).size, 45);
  });

  const impossible: [what: string, options: Partial<PairsParams>, message: RegExp, mend: RegExp][] = [
    ['more pairs than words give', { functions: ['ocr'], count: 46 }, /10 words give 45 pairs, not 46/, /at most 45/],
    [
      'words too wide',
      { functions: ['ocr'], fontSize: 60, sizes: [{ width: 100, height: 100 }], count: 2 },
      /"ibis" in plain at 60 px they take 120×30 pixels; 100×100 pixels have room for 96×96/,
      /font size of 47 fits/,
    ],
    [
      'objects that do not fit',
      { functions: ['counting'], counts: [1, 17], sizes: [{ width: 56, height: 56 }] },
      /17 objects do not fit into 56×56 pixels/,
      /At most 16 do/,
    ],
  ];
  for (const [what, options, message, mend] of impossible) {
    it(`${what}: says so, and what would do`, () => {
      assert.throws(() => plan(options), { name: 'InputError', message, mend });
    });
  }

  it('no more different pairs than there are: words that look alike and fill the image are three, in three greys', () => {
    const options = { ...defaultPairs, output: '/nowhere', functions: ['ocr'] as const, count: 36, fontSize: 104 };
    const short = words.filter((word) => word.length === 3);
    assert.throws(() => planPairs({ ...options, sizes: [{ width: 160, height: 56 }] }, short, [only(short)]), {
      name: 'InputError',
      message: /^no more than 3 different pairs for ocr were found$/,
      mend: /fewer pairs/,
    });
  });

  it('what is said to fit does', () => {
    assert.equal(pairsOf('counting', { counts: [1, 16], sizes: [{ width: 56, height: 56 }] }).length, 40);
    assert.equal(pairsOf('ocr', { fontSize: 47, sizes: [{ width: 100, height: 100 }] }).length, 40);
  });

  it('every function has pairs', () => assert.deepEqual([...plan().keys()], [...visionFunctions]));
});
