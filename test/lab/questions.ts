/** Questions of the sample lab's kinds with their answers, drawn at random. */
import type { Draw } from '../../src/core/pairs/draw';
import { groundingPair } from '../../src/core/pairs/grounding';
import { thingName, thingsOf } from '../../src/core/pairs/objects';
import { defaultColours } from '../../src/core/pairs/palette';
import type { Scene } from '../../src/core/pairs/scene';
import { imageSize, scatteredThings, type DrawnThings } from './scenes';

export interface Question {
  readonly category: string;
  readonly question: string;
  readonly answer: string;
  /** What there is to work out on the way to the answer. */
  readonly reasoning?: string;
  /** What the image shows, in words. */
  readonly description?: string;
  readonly scene?: Scene;
}

const mostThings = 8;

export function counting(draw: Draw): Question {
  const { things, scene } = scatteredThings(draw, draw.whole(1, mostThings));
  const question = 'How many items are there in the image?';
  return { category: 'counting', question, answer: String(things.length), scene };
}

export function attribute(draw: Draw): Question {
  const { things, scene } = scatteredThings(draw, draw.whole(1, mostThings));
  const colour = draw.one(defaultColours);
  const question = `How many ${colour} items are there in the image?`;
  return { category: 'attribute', question, answer: String(countOf(things, colour)), scene };
}

/** The right answer is Yes as often as No. */
export function recognition(draw: Draw): Question {
  const { things, scene } = scatteredThings(draw, draw.whole(1, mostThings));
  const there = new Set(things.map(thingName));
  const absent = thingsOf(defaultColours).map(thingName);
  const isThere = draw.whole(0, 1) === 1;
  const name = draw.one(isThere ? [...there] : absent.filter((each) => !there.has(each)));
  const question = `Is there a ${name} in the image? Answer Yes or No only.`;
  return { category: 'recognition', question, answer: isThere ? 'Yes' : 'No', scene };
}

export function grounding(draw: Draw): Question {
  const { prompt, meta, target } = groundingPair(draw, imageSize, thingsOf(defaultColours));
  return {
    category: 'grounding',
    question: prompt,
    answer: meta.target_bbox_xyxy!.join(','),
    scene: target,
  };
}

/** All that there is, row by row: much to learn from one picture. */
export function describing(draw: Draw): Question {
  const drawn = scatteredThings(draw, draw.whole(1, mostThings));
  return { category: 'describing', question: 'Describe the image.', answer: descriptionOf(drawn), scene: drawn.scene };
}

/** Something to work out about a picture. */
export function pictureSum(draw: Draw): Question {
  const drawn = scatteredThings(draw, draw.whole(3, mostThings));
  return { category: 'sum', ...draw.one(sums)(draw, drawn), description: descriptionOf(drawn), scene: drawn.scene };
}

/** A picture sum whose picture is told in words, over a black image. */
export function describedSum(draw: Draw): Question {
  const { description, question, ...sum } = pictureSum(draw);
  const scene = { ...imageSize, background: [0, 0, 0] as const, items: [] };
  return { ...sum, question: `Image Description:\n${description}\n\nQuestion:\n${question}`, scene };
}

type Sum = Pick<Question, 'question' | 'answer' | 'reasoning'>;

const sums: readonly ((draw: Draw, drawn: DrawnThings) => Sum)[] = [
  (draw, { things }) => {
    const removed = draw.whole(1, 3);
    return worked(`Remove ${removed} items. How many items are left?`, `items ${things.length}.`, [
      things.length,
      '-',
      removed,
    ]);
  },
  (draw, { things }) => {
    const added = draw.whole(1, 5);
    return worked(`Add ${added} more items. How many items are there then?`, `items ${things.length}.`, [
      things.length,
      '+',
      added,
    ]);
  },
  (draw, { things }) => {
    const price = draw.whole(2, 5);
    return worked(`Each item costs ${price}. What is the total cost of all items?`, `items ${things.length}.`, [
      price,
      '*',
      things.length,
    ]);
  },
  (draw, { things }) => {
    const colour = draw.one(defaultColours);
    const [price, count] = [draw.whole(2, 5), countOf(things, colour)];
    const question = `Each ${colour} item costs ${price}. What is the total cost of the ${colour} items?`;
    return worked(question, `${colour} ${count}.`, [price, '*', count]);
  },
  (draw, { things }) => {
    const colour = draw.one(defaultColours);
    const count = countOf(things, colour);
    return worked(
      `Remove all ${colour} items. How many items are left?`,
      `items ${things.length}. ${colour} ${count}.`,
      [things.length, '-', count],
    );
  },
  (draw, { things }) => {
    const [one, other] = draw.some(defaultColours, 2);
    const [a, b] = [countOf(things, one), countOf(things, other)];
    const question = `How many ${one} items and ${other} items are there in total?`;
    return worked(question, `${one} ${a}. ${other} ${b}.`, [a, '+', b]);
  },
  (draw, { things }) => {
    const two = draw.some(defaultColours, 2).map((colour) => ({ colour, count: countOf(things, colour) }));
    const [more, fewer] = two.sort((a, b) => b.count - a.count);
    const question = `How many more ${more.colour} items than ${fewer.colour} items are there?`;
    const seen = `${more.colour} ${more.count}. ${fewer.colour} ${fewer.count}.`;
    return worked(question, seen, [more.count, '-', fewer.count]);
  },
];

/** Something to work out without a picture. */
export function arithmetic(draw: Draw): Question {
  return { category: 'arithmetic', ...draw.one(calculations)(draw) };
}

const calculations: readonly ((draw: Draw) => Sum)[] = [
  (draw) => {
    const [a, b] = [draw.whole(1, 9), draw.whole(1, 9)];
    const given = draw.whole(1, Math.min(9, a + b));
    const question = `Tom has ${a} coins. He finds ${b} more and gives ${given} away. How many coins does he have?`;
    return workedTwice(question, [a, '+', b], '-', given);
  },
  (draw) => {
    const [a, b, c] = [draw.whole(1, 9), draw.whole(1, 9), draw.whole(1, 9)];
    return workedTwice(`What is ${a}*${b}+${c}?`, [a, '*', b], '+', c);
  },
  (draw) => {
    const [a, b] = [draw.whole(1, 9), draw.whole(1, 9)];
    const c = draw.whole(1, Math.min(9, a + b));
    return workedTwice(`What is ${a}+${b}-${c}?`, [a, '+', b], '-', c);
  },
];

type Sign = '+' | '-' | '*';
type Calculation = readonly [a: number, sign: Sign, b: number];

/** @param seen what was counted in the picture */
function worked(question: string, seen: string, [a, sign, b]: Calculation): Sum {
  const answer = String(result([a, sign, b]));
  return { question, answer, reasoning: `${seen} ${a}${sign}${b}=${answer}.` };
}

function workedTwice(question: string, first: Calculation, sign: Sign, b: number): Sum {
  const between = result(first);
  const answer = String(result([between, sign, b]));
  return { question, answer, reasoning: `${first.join('')}=${between}. ${between}${sign}${b}=${answer}.` };
}

function result([a, sign, b]: Calculation): number {
  return sign === '+' ? a + b : sign === '-' ? a - b : a * b;
}

function countOf(things: DrawnThings['things'], colour: string): number {
  return things.filter((thing) => thing.colour === colour).length;
}

function descriptionOf({ things }: DrawnThings): string {
  return `Items: ${things.map(thingName).join(', ')}.`;
}
