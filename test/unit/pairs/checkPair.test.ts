import assert from 'node:assert/strict';
import { checkPair } from '../../../src/core/pairs/checkPair';
import type { PlannedPair } from '../../../src/core/pairs/plannedPair';
import type { Rgb, Scene } from '../../../src/core/pairs/scene';
import type { RgbImage } from '../../../src/core/ports';

const grey: Rgb = [240, 240, 240];
const red: Rgb = [214, 48, 49];

function scene(...corners: readonly (readonly [number, number])[]): Scene {
  const items = corners.map(([x, y]) => {
    return { kind: 'shape', shape: 'square', colour: red, box: [x, y, x + 10, y + 10] } as const;
  });
  return { width: 60, height: 40, background: grey, items };
}

/** Squares alone need no library to be drawn. */
function painted({ width, height, background, items }: Scene): RgbImage {
  const image = { width, height, data: new Uint8Array(width * height * 3) };
  fill(image, [0, 0, width, height], background);
  for (const { box, colour } of items) fill(image, box, colour);
  return image;
}

function fill({ width, data }: RgbImage, [x1, y1, x2, y2]: readonly number[], colour: Rgb): void {
  for (let y = y1!; y < y2!; y++) for (let x = x1!; x < x2!; x++) data.set(colour, 3 * (y * width + x));
}

const pair: PlannedPair = {
  function: 'counting',
  id: 'counting_000000',
  prompt: 'How many items are there in the image?',
  meta: { target_answer: '2', source_answer: '1' },
  target: scene([5, 5], [30, 20]),
  source: scene([5, 5]),
  changed: [[30, 20, 40, 30]],
};

describe('checkPair', () => {
  it('images that are as planned pass, and such whose edges are soft', () => {
    const [target, source] = [painted(pair.target), painted(pair.source)];
    checkPair(pair, target, source);
    fill(target, [5, 4, 15, 5], [238, 200, 200]);
    fill(source, [5, 4, 15, 5], [238, 200, 200]);
    checkPair(pair, target, source);
  });

  const wrong: [what: string, spoil: (target: RgbImage, source: RgbImage) => void, message: RegExp][] = [
    [
      'nothing is drawn',
      (target) => fill(target, [30, 20, 40, 30], grey),
      /target image nothing is drawn at 30,20,40,30/,
    ],
    [
      'an object lies elsewhere',
      (target) => {
        fill(target, [30, 20, 40, 30], grey);
        fill(target, [32, 20, 41, 30], red);
      },
      /what should lie at 30,20,40,30 lies at 32,20,41,30/,
    ],
    ['an object is too small', (target) => fill(target, [30, 20, 40, 22], grey), /lies at 30,22,40,30/],
    ['an object is of another colour', (target) => fill(target, [30, 20, 40, 30], [39, 174, 96]), /has another colour/],
    ['an object is faint', (target) => fill(target, [30, 20, 40, 30], [235, 230, 230]), /too faint/],
    ['something else is there', (_, source) => fill(source, [50, 30, 52, 32], red), /source image 4 pixels/],
    [
      'the images differ in what is to stay',
      (_, source) => fill(source, [6, 6, 7, 7], [210, 48, 49]),
      /the images differ at 6,6, outside of what is to change/,
    ],
  ];
  for (const [what, spoil, message] of wrong) {
    it(`${what}: the pair is named`, () => {
      const [target, source] = [painted(pair.target), painted(pair.source)];
      spoil(target, source);
      assert.throws(
        () => checkPair(pair, target, source),
        (error: Error) =>
          /^the pair counting\/counting_000000 is not/.test(error.message) && message.test(error.message),
      );
    });
  }

  it('images of another size, images that are the same, and answers that are the same', () => {
    const [target, source] = [painted(pair.target), painted(pair.source)];
    assert.throws(() => checkPair(pair, { ...target, width: 40, height: 60 }, source), /there are 40×60 pixels/);
    const same = { ...pair, source: pair.target };
    assert.throws(() => checkPair(same, target, target), /the images are the same at 30,20,40,30/);
    const answers = { ...pair, meta: { target_answer: '2', source_answer: '02' } };
    assert.throws(() => checkPair(answers, target, source), /"2" and "02" are the same answer/);
  });
});
