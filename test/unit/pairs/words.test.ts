import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Draw, shuffledNumbers } from '../../../src/core/pairs/draw';
import { wordPairs } from '../../../src/core/pairs/ocr';
import { checkPairsOptions, defaultPairs } from '../../../src/core/pairs/options';
import { plainWords } from '../../../src/core/pairs/plainWords';
import { readWords } from '../../../src/core/pairs/readWords';
import type { PairsParams } from '../../../src/shared/protocol/engine';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('plainWords', () => {
  it('are two hundred and more, each once, in small letters', () => {
    assert.ok(plainWords.length >= 200);
    assert.equal(new Set(plainWords).size, plainWords.length);
    for (const word of plainWords) assert.match(word, /^[a-z]{3,6}$/);
  });
});

describe('readWords', () => {
  const folder = temporaryFolders();
  const written = (...lines: string[]) => {
    const file = path.join(folder(), 'words.txt');
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it('a word in each line; the same answer once', async () => {
    assert.deepEqual(await readWords(written('one', '', ' Two \r', 'ONE', 'two!', 'drei', 'café')), [
      'one',
      'Two',
      'drei',
      'café',
    ]);
  });

  const wrong: [lines: string[], message: RegExp][] = [
    [['one', 'ice cream'], /words\.txt:2: more than one word/],
    [['one', '…'], /words\.txt:2: "…" has no letter/],
    [['a'.repeat(41)], /words\.txt:1: a word of more than 40 letters/],
    [['سلام'], /words\.txt:1: .+ is in a script that cannot be set here/],
    [['one', 'One'], /words\.txt has 1 words/],
    [Array.from({ length: 10_001 }, (_, i) => `w${i}`), /more than 10000 words/],
  ];
  for (const [lines, message] of wrong) {
    it(String(message), () => assert.rejects(readWords(written(...lines)), { name: 'InputError', message }));
  }
});

describe('shuffledNumbers and wordPairs', () => {
  it('give each once, in an order that the seed decides', () => {
    const taken = (seed: number) => [...shuffledNumbers(1000, new Draw(seed, 'x'))];
    const sorted = Array.from({ length: 1000 }, (_, i) => i);
    assert.notDeepEqual(taken(1), sorted);
    assert.notDeepEqual(taken(1), taken(2));
    assert.deepEqual(
      taken(1).sort((a, b) => a - b),
      sorted,
    );
    const words = Array.from({ length: 60 }, (_, i) => `w${i}`);
    const pairs = [...wordPairs(words, new Draw(1, 'y'))];
    assert.equal(new Set(pairs.map((pair) => [...pair].sort().join())).size, (60 * 59) / 2);
    assert.ok(pairs.every(([a, b]) => a !== b && words.includes(a) && words.includes(b)));
  });

  it('of very many, taking some costs little', () => {
    const [first] = shuffledNumbers(2 ** 31, new Draw(1, 'x'));
    assert.ok(first! >= 0 && first! < 2 ** 31);
  });
});

describe('checkPairsOptions', () => {
  it('the defaults are sound', () => checkPairsOptions(defaultPairs));

  const wrong: [options: Partial<PairsParams>, message: RegExp][] = [
    [{ functions: [] }, /no function is chosen/],
    [{ functions: ['ocr', 'ocr'] }, /a function is chosen twice/],
    [{ functions: ['depth' as never] }, /there are no pairs for "depth"/],
    [{ count: 0 }, /the number of pairs is 0/],
    [{ count: 10_001 }, /the number of pairs is 10001/],
    [{ seed: -1 }, /the seed is -1/],
    [{ sizes: [{ width: 55, height: 100 }] }, /the width of an image is 55/],
    [{ sizes: [{ width: 100, height: 5000 }] }, /the height of an image is 5000/],
    [{ counts: [3, 3] }, /counts from 3 to 3 are no two/],
    [{ counts: [0, 3] }, /the least count is 0/],
    [{ fontSize: 7 }, /the font size is 7/],
    [{ colours: ['beige'] }, /there is no colour "beige"/],
    [{ distractors: 21 }, /the number of distractors is 21/],
  ];
  for (const [options, message] of wrong) {
    it(String(message), () =>
      assert.throws(() => checkPairsOptions({ ...defaultPairs, ...options }), { name: 'InputError', message }),
    );
  }
});
