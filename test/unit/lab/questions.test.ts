import assert from 'node:assert/strict';
import { Draw } from '../../../src/core/pairs/draw';
import { palette } from '../../../src/core/pairs/palette';
import type { Scene, ShapeItem } from '../../../src/core/pairs/scene';
import {
  arithmetic,
  attribute,
  counting,
  describedSum,
  describing,
  grounding,
  pictureSum,
  recognition,
  type Question,
} from '../../lab/questions';

const draws = Array.from({ length: 300 }, (_, i) => i);
const many = (make: (draw: Draw) => Question) => draws.map((i) => make(new Draw(7, `question ${i}`)));

/** What a drawing shows, read off the drawing itself. */
function seenIn({ items }: Scene): { colour: string; shape: string }[] {
  return (items as ShapeItem[]).map(({ colour, shape }) => {
    return { colour: Object.entries(palette).find(([, rgb]) => String(rgb) === String(colour))![0], shape };
  });
}

const countIn = (scene: Scene, colour: string) => seenIn(scene).filter((thing) => thing.colour === colour).length;

describe('questions of the lab from nothing', () => {
  it('counting, attribute and recognition: the answer is what the drawing shows', () => {
    for (const { scene, answer } of many(counting)) assert.equal(answer, String(scene!.items.length));
    for (const { scene, question, answer } of many(attribute)) {
      assert.equal(answer, String(countIn(scene!, /How many (\w+) items/.exec(question)![1])));
    }
    const answers = many(recognition).map(({ scene, question, answer }) => {
      const [, colour, shape] = /Is there a (\w+) (\w+) in/.exec(question)!;
      const isThere = seenIn(scene!).some((thing) => thing.colour === colour && thing.shape === shape);
      assert.equal(answer, isThere ? 'Yes' : 'No');
      return answer;
    });
    const yes = answers.filter((answer) => answer === 'Yes').length;
    assert.ok(yes > 110 && yes < 190, `${yes} of ${answers.length} are Yes`);
  });

  it('grounding: the answer is the box of the only item', () => {
    for (const { scene, answer } of many(grounding)) assert.equal(answer, String(scene!.items[0].box));
  });

  it('describing: every item is named, row by row', () => {
    for (const { scene, answer } of many(describing)) {
      const told = seenIn(scene!).map(({ colour, shape }) => `${colour} ${shape}`);
      assert.equal(answer, `Items: ${told.join(', ')}.`);
      const cells = scene!.items.map(({ box: [x, y] }) => Math.floor(y / 28) * 4 + Math.floor(x / 28));
      assert.deepEqual(
        cells,
        [...cells].sort((a, b) => a - b),
      );
    }
  });

  it('items lie apart, each inside the drawing', () => {
    for (const { scene } of many(pictureSum)) {
      const boxes = scene!.items.map(({ box }) => box);
      boxes.forEach(([x1, y1, x2, y2], i) => {
        assert.ok(x1 >= 0 && y1 >= 0 && x2 <= scene!.width && y2 <= scene!.height);
        for (const other of boxes.slice(0, i)) {
          assert.ok(x2 < other[0] || other[2] < x1 || y2 < other[1] || other[3] < y1, 'two items touch');
        }
      });
    }
  });

  it('picture sums: what is counted is there, and every calculation is right', () => {
    const kinds = new Set<string>();
    for (const { scene, question, answer, reasoning, description } of many(pictureSum)) {
      kinds.add(question.replace(/\d+|red|green|blue|yellow/g, '_'));
      for (const [, what, count] of reasoning!.matchAll(/(items|red|green|blue|yellow) (\d+)\./g)) {
        assert.equal(Number(count), what === 'items' ? scene!.items.length : countIn(scene!, what), question);
      }
      checkCalculations(reasoning!, answer);
      const told = seenIn(scene!).map(({ colour, shape }) => `${colour} ${shape}`);
      assert.equal(description, `Items: ${told.join(', ')}.`);
    }
    assert.equal(kinds.size, 7);
  });

  it('a described sum tells in words what its black image does not show', () => {
    for (const { scene, question } of many(describedSum)) {
      assert.deepEqual(scene!.items, []);
      assert.match(question, /^Image Description:\nItems: (\w+ \w+(, )?)+\.\n\nQuestion:\n/);
    }
  });

  it('arithmetic: every calculation is right, and no result is below zero', () => {
    for (const { answer, reasoning } of many(arithmetic)) {
      checkCalculations(reasoning!, answer);
      assert.ok(Number(answer) >= 0);
    }
  });
});

function checkCalculations(reasoning: string, answer: string): void {
  const found = [...reasoning.matchAll(/(\d+)([-+*])(\d+)=(-?\d+)\./g)];
  assert.ok(found.length > 0, reasoning);
  for (const [text, a, sign, b, result] of found) {
    const [left, right] = [Number(a), Number(b)];
    const expected = sign === '+' ? left + right : sign === '-' ? left - right : left * right;
    assert.equal(Number(result), expected, text);
  }
  assert.equal(found.at(-1)![4], answer);
}
