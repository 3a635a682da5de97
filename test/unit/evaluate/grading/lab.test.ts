import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';
import { answerText } from '../../../../src/core/probe/judge';
import { itInFull, sharedData } from '../../../harness/full';

interface Answered {
  readonly answer: string;
  readonly text: string;
}

describe('the rule math on the answers of the lab', () => {
  itInFull('differs in none from comparing the text in the tag', async () => {
    let judged = 0;
    for (const checkpoint of ['base', 'in', 'rl']) {
      const file = path.join(sharedData, 'oracle', 'lab', `answers-${checkpoint}.json`);
      const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Answered[]>;
      for (const { answer, text } of Object.values(settings).flat()) {
        const gold = { answer, choices: [], answerType: null, unit: null, precision: null };
        const { correct } = await gradeAnswer({ gold, text, rule: 'math' });
        const plain = (words: string) => words.trim().toLowerCase();
        assert.equal(correct, plain(answerText(text)) === plain(answer), `${answer}: ${text}`);
        judged++;
      }
    }
    assert.equal(judged, 1500);
  });
});
