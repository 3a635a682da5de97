import { InputError } from '../../shared/errors';
import type { PairsParams } from '../../shared/protocol/engine';
import { visionFunctions } from '../../shared/vocabulary';
import { colourNamed, defaultColours } from './palette';
import { leastFontSize } from './ocr';

/** What the user need not say. */
export const defaultPairs: Omit<PairsParams, 'output'> = {
  functions: visionFunctions,
  count: 50,
  seed: 0,
  sizes: [{ width: 384, height: 384 }],
  words: null,
  counts: [1, 9],
  fonts: ['sans'],
  fontSize: null,
  colours: defaultColours,
  distractors: 2,
};

export const mostPairs = 10_000;
const sides = [56, 2048] as const;
const mostCounted = 100;
const mostFontSize = 1000;
const mostDistractors = 20;
const mostOfAKind = 16;

/** @throws InputError naming what is out of bounds */
export function checkPairsOptions(options: Omit<PairsParams, 'output'>): void {
  const { functions, sizes, fonts, colours } = options;
  assertSome('function', functions);
  assertSome('size', sizes);
  assertSome('font', fonts);
  assertSome('colour', colours);
  for (const name of functions) {
    if (!visionFunctions.includes(name)) {
      throw new InputError(`there are no pairs for "${name as string}"`, `Choose of ${visionFunctions.join(', ')}.`);
    }
  }
  assertWhole('number of pairs', options.count, 1, mostPairs);
  assertWhole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  for (const { width, height } of sizes) {
    assertWhole('width of an image', width, ...sides);
    assertWhole('height of an image', height, ...sides);
  }
  const [least, most] = options.counts;
  assertWhole('least count', least, 1, mostCounted);
  assertWhole('largest count', most, 1, mostCounted);
  if (functions.includes('counting') && least >= most) {
    throw new InputError(`counts from ${least} to ${most} are no two`, 'Counting pairs show two different numbers.');
  }
  if (options.fontSize !== null) assertWhole('font size', options.fontSize, leastFontSize, mostFontSize);
  colours.forEach(colourNamed);
  assertWhole('number of distractors', options.distractors, 0, mostDistractors);
}

/** `384x384`. @returns null for what is none */
export function parseImageSize(text: string): PairsParams['sizes'][number] | null {
  const match = /^(\d{1,5})[x×](\d{1,5})$/.exec(text.trim());
  return match && { width: Number(match[1]), height: Number(match[2]) };
}

function assertSome(what: string, values: readonly unknown[]): void {
  if (values.length === 0) throw new InputError(`no ${what} is chosen`, 'Choose one at least.');
  const distinct = new Set(values.map((value) => JSON.stringify(value))).size;
  if (distinct < values.length) throw new InputError(`a ${what} is chosen twice`, 'Name each once.');
  if (values.length > mostOfAKind) {
    throw new InputError(`more than ${mostOfAKind} choices of a ${what}`, 'Choose fewer.');
  }
}

function assertWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InputError(`the ${what} is ${value}`, `Choose a whole number from ${least} to ${most}.`);
}
