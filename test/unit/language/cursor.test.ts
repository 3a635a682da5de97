import assert from 'node:assert/strict';
import { cursorAt } from '../../../src/core/experiment/language/cursor';
import { markedText } from './markedText';

/** Place and path of the cursor, its word, and what stands beside it. */
function at(marked: string): string {
  const { text, offset } = markedText(marked);
  const cursor = cursorAt(text, offset);
  if (!cursor) return 'nowhere';
  const { place, path, word, siblings, needsDash } = cursor;
  const shown = `${place} ${path.join('.') || '-'} "${text.slice(word.from, word.to)}"`;
  return [shown, siblings.length > 0 ? `beside ${siblings.join(',')}` : '', needsDash ? 'as entry' : '']
    .filter(Boolean)
    .join(' ');
}

const cases: Readonly<Record<string, readonly [string, string][]>> = {
  'in a block': [
    ['|', 'value - ""'],
    ['version: 1\n|', 'key - "" beside version'],
    ['version: 1\nch|eckpoints:\n  base: ./base\n', 'key - "checkpoints" beside version'],
    ['steps:\n  - swap:\n      |', 'value steps.0.swap "" beside swap'],
    ['steps:\n  - swap:\n      id: x\n      |\n      mode: suffix\n', 'key steps.0.swap "" beside id,mode'],
    ['steps:\n  - swap:\n      id: x\n\n      mo|\n\n  - swap: { id: b }\n', 'key steps.0.swap "mo" beside id'],
    ['steps:\n  - swap:\n      pairs: |\n      mode: suffix\n', 'value steps.0.swap.pairs "" beside pairs,mode'],
    ['checkpoints:\n  base: ./|\n  in: x\n', 'value checkpoints.base "./" beside base,in'],
    ['checkpoints:\r\n  base: x\r\n  |\r\n', 'key checkpoints "" beside base'],
    ['steps:\n  - |\n  - ablate: { id: y }\n', 'value steps.0 ""'],
  ],
  'in brackets and braces, closed or not': [
    ['steps:\n  - swap: { id: x, | }\n', 'key steps.0.swap "" beside id'],
    ['steps:\n  - swap: { id: x, mode: su|\n  - ablate: { id: y }\n', 'value steps.0.swap.mode "su" beside id,mode'],
    ['steps:\n  - swap: {|}', 'key steps.0.swap ""'],
    ['steps:\n  - compare: { phases: [[base, |', 'value steps.0.compare.phases.0.1 "" beside base'],
    ['steps: [{ | }]', 'key steps.0 ""'],
    ['hybrids:\n  a: { skeleton: in, layers: { "4-8": | } }\n', 'value hybrids.a.layers.4-8 "" beside 4-8'],
  ],
  'in quotes': [
    ['x: [{ checkpoint: "IN:R|L:RL", id: x }]', 'value x.0.checkpoint "IN:RL:RL" beside checkpoint,id'],
    [
      'steps:\n  - swap:\n      checkpoint: "IN|\n      mode: suffix\n',
      'value steps.0.swap.checkpoint "IN" beside checkpoint',
    ],
    ["checkpoints:\n  base: './my fol|'\n", 'value checkpoints.base "./my fol" beside base'],
    ['mode: "abc"|', 'nowhere'],
  ],
  'on a line of its own below a list': [
    ['steps:\n  - swap: { id: x }\n  |\n', 'value steps.1 "" as entry'],
    ['a:\n  b:\n      functions:\n        - ocr\n        |\n', 'value a.b.functions.1 "" beside ocr as entry'],
    ['steps:\n- swap: { id: x }\n|\n', 'key - "" beside steps'],
  ],
  'where nothing can be written': [
    ['steps: # com|\n', 'nowhere'],
    ['steps:\n  - swap:\n      mode:|\n', 'nowhere'],
    ['steps:\n  -|\n', 'nowhere'],
  ],
};

describe('the cursor in a file that is being written', () => {
  for (const [where, list] of Object.entries(cases)) {
    describe(where, () => {
      for (const [marked, expected] of list) it(JSON.stringify(marked), () => assert.equal(at(marked), expected));
    });
  }

  it('is found or not, but never throws, at every offset of a file and of its beginnings', () => {
    const text =
      'version: 1\ncheckpoints: { "a b": ./x }\nsteps:\n  - swap: { id: x, functions: [ocr, "y"] } # c\n  -\n';
    for (let offset = 0; offset <= text.length; offset++) {
      cursorAt(text, offset);
      cursorAt(text.slice(0, offset), offset);
    }
  });
});
