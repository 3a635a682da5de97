import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { answerText, judgeAdoption, judgeChange, type ImageGeometry } from '../../../src/core/probe/judge';
import { type ImagePair, type PairMeta, readPairs } from '../../../src/core/probe/pairs';
import { itInFull } from '../../harness/full';

const lab: ImageGeometry = { image: { width: 112, height: 112 }, resized: { width: 112, height: 112 } };
const authors: ImageGeometry = { image: { width: 384, height: 384 }, resized: { width: 392, height: 392 } };

function pairOf(name: string, meta: PairMeta = {}): ImagePair {
  return { function: name, id: 'a', targetImage: '/t.png', sourceImage: '/s.png', prompt: '?', meta, line: 1 };
}

/** Original answer, new answer, whether that is a change. */
type Case = [original: string, text: string, changed: boolean];

describe('judgeChange', () => {
  const cases: Record<string, Case[]> = {
    recognition: [
      ['Yes', 'yes.', false],
      ['Yes', 'Yes, there is a toaster in the image.', false],
      ['Yes', 'No', true],
      ['No, I see none', 'There is no toaster', false],
      ['Yes', 'I cannot tell', true],
      ['Perhaps', 'perhaps ', false],
      ['Perhaps', 'Maybe', true],
      ['Yes', 'Yesterday', true],
      ['Nothing, yes', 'Yes', false],
      ['<think>No?</think><answer>Yes</answer>', 'Yes', false],
    ],
    counting: [
      ['5', 'There are 5 items in the image.', false],
      ['1', 'There are 10 items', true],
      ['5', '15', true],
      ['3', '03', false],
      ['3', 'three', true],
      ['three', 'Three', false],
      ['three', 'four', true],
      ['', '', false],
      ['<answer>2</answer>', '<think>3 and 4</think><answer>2</answer>', false],
    ],
    ocr: [
      ['Seed', 'seed.', false],
      ['"seed"', ' seed', false],
      ['seed', 'lamp', true],
      ['seed', 'seeds', true],
      ['?!', '!?', true],
      ['...', '...', false],
      ['...', 'seed', true],
    ],
    grounding: [
      ['10,10,50,50', '(11, 10), (50, 50)', false],
      ['10,10,50,50', '60,60,100,100', true],
      ['0,0,10,10', '0,0,10,5', false],
      ['0,0,10,10', '0,0,10,4.9', true],
      ['10,10,50,50', '[{"bbox_2d": [10, 10, 50, 50], "label": "red circle"}]', false],
      ['10,10,50,50', 'x1=10, y1=10, x2=50, y2=50', false],
      ['10,10,50,50', '10,10,50', true],
      ['nowhere', 'Nowhere', false],
      ['nowhere', 'there', true],
      ['5,5,5,5', '5,5,5,5', false],
      ['-5,-5,5,5', '-5,-5,5,5', false],
    ],
    mood: [
      ['Happy ', 'happy', false],
      ['happy', 'happy.', true],
      ['5', 'five', true],
    ],
    toString: [['a', 'A', false]] as Case[],
  };
  for (const [name, list] of Object.entries(cases)) {
    for (const [original, text, changed] of list) {
      it(`${name}: ${JSON.stringify(original)} and ${JSON.stringify(text)} ${changed ? 'differ' : 'agree'}`, () => {
        assert.equal(judgeChange(pairOf(name), original, text, lab), changed);
        assert.equal(judgeChange(pairOf(name), text, original, lab), changed);
      });
    }
  }

  it("takes the pair's own threshold for boxes", () => {
    const changed = (iou_threshold?: number) =>
      judgeChange(pairOf('grounding', { iou_threshold }), '0,0,10,10', '0,0,10,6', lab);
    assert.deepEqual([changed(), changed(0.6), changed(0.7)], [false, false, true]);
  });

  // What answers_are_different of the authors' code returns.
  const asAuthors: Case[] = [
    ['1', 'There are 10 items', true],
    ['1', 'There are 10 items here', false],
    ['5', '15 items in the picture', false],
    ['', 'anything that is long enough', false],
    ['Yes', 'Yes, there is a toaster', false],
    ['Yes.', 'yes', false],
    ['Yes', 'No', true],
    ['three', '3', true],
    ['283, 278, 368, 348', '283, 278, 368, 347', true],
    ['the word is attention', 'the word is alignment', true],
    ['<answer>5</answer>', '5', true],
    ['nineteen characters', 'nineteen', true],
    ['twenty characters...', 'twenty', true],
    ['twenty characters!!x', 'twenty', false],
  ];
  for (const [original, text, changed] of asAuthors) {
    it(`authors: ${JSON.stringify(original)} and ${JSON.stringify(text)} ${changed ? 'differ' : 'agree'}`, () => {
      for (const name of ['ocr', 'grounding', 'mood']) {
        assert.equal(judgeChange(pairOf(name), original, text, lab, 'authors'), changed);
      }
    });
  }
});

describe('judgeAdoption', () => {
  const cases: [name: string, meta: PairMeta, text: string, adopted: boolean][] = [
    ['recognition', { source_answer: 'No' }, 'no, there is none', true],
    ['recognition', { source_answer: 'No' }, 'Yes', false],
    ['counting', { source_answer: '10' }, 'I count 10.', true],
    ['counting', { source_answer: '10' }, '1', false],
    ['counting', { source_answer: '10' }, 'ten', false],
    ['ocr', { source_text: 'lamp' }, 'Lamp.', true],
    ['ocr', { source_text: 'lamp' }, 'lamps', false],
    ['ocr', { source_text: 'lamp' }, '<answer> lamp </answer>', true],
    ['grounding', { source_bbox_xyxy: [0, 0, 10, 10] }, '0,0,10,6', true],
    ['grounding', { source_bbox_xyxy: [0, 0, 10, 10] }, '0,0,10,5', false],
    ['grounding', { source_bbox_xyxy: [0, 0, 10, 10], iou_threshold: 0.4 }, '0,0,10,5', true],
    ['grounding', { source_bbox_xyxy: [0, 0, 10, 10] }, 'nowhere', false],
    ['mood', { source_answer: 'happy' }, ' Happy', true],
    ['mood', { source_text: 'sad' }, 'sad', true],
    ['mood', {}, '', false],
  ];
  for (const [name, meta, text, adopted] of cases) {
    it(`${name}: ${JSON.stringify(text)} ${adopted ? 'takes over' : 'leaves'} ${JSON.stringify(meta)}`, () => {
      assert.equal(judgeAdoption(pairOf(name, meta), text, lab), adopted);
    });
  }

  it('brings boxes from the resized image back to the file', () => {
    const pair = pairOf('grounding', { source_bbox_xyxy: [300, 300, 320, 320], iou_threshold: 0.95 });
    const seen = [300, 300, 320, 320].map((value) => (value * 392) / 384).join();
    assert.equal(judgeAdoption(pair, seen, authors), true);
    assert.equal(judgeAdoption(pair, '300,300,320,320', authors), false);
  });
});

describe('answerText', () => {
  const cases: [text: string, answer: string][] = [
    ['5', '5'],
    ['<answer>5</answer>', '5'],
    ['<answer>4</answer> no, <answer>5</answer>', '5'],
    ['<answer>4 <answer>5</answer>', '5'],
    ['<answer>5</answer></answer>', '5'],
    ['<answer>5</answer> and <answer>6', '5'],
    ['<answer>5', '<answer>5'],
    ['5</answer>', '5</answer>'],
    ['</answer><answer>', '</answer><answer>'],
    ['<answer></answer>', ''],
    ['<think>a\nb</think>\n<answer>\n5\n</answer>', '\n5\n'],
  ];
  for (const [text, answer] of cases) it(JSON.stringify(text), () => assert.equal(answerText(text), answer));
});

describe('the rules on the answers of a trained model', () => {
  itInFull('swap at layer 0 agrees with the source answer, and a right source answer is an adoption', async () => {
    const { functions } = await readPairs('../shared/lab/pairs');
    const { rows } = JSON.parse(readFileSync('../shared/oracle/lab/swap-in.json', 'utf8'));
    let adopted = 0;
    for (const row of rows) {
      const pair = functions.get(row.task)!.find(({ id }) => id === row.id)!;
      assert.equal(judgeChange(pair, row.source_answer_by_model, row.swapped_suffix[0], lab), false);
      assert.equal(judgeChange(pair, row.original, row.original, lab), false);
      adopted += Number(judgeAdoption(pair, row.swapped_suffix[0], lab));
    }
    assert.ok(adopted > rows.length / 2, `${adopted} of ${rows.length}`);
  });
});
