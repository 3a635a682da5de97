import * as z from 'zod';
import { once } from '../../../shared/once';
import { checked, textField, type Layout, type Reading } from './layout';

const schema = once(() => z.looseObject({ question: textField(), answer: textField() }));
const mark = '####';

/** openai/gsm8k: the answer stands after `####`, thoughts before it; items have no id and are called by their row. */
export const gsm8k: Layout = {
  get fields() {
    return Object.keys(schema().shape);
  },
  matches: ({ id, answer }) => id === undefined && typeof answer === 'string' && answer.includes(mark),
  id: (_fields, index) => String(index),
  category: () => null,
  read: (fields, id): Reading => {
    const reading = checked(schema(), fields, ({ question, answer }) => {
      const at = answer.lastIndexOf(mark);
      return {
        ...{ id: id!, question, image: null, choices: [], description: null, category: null },
        ...{ answerType: null, unit: null, precision: null },
        answer:
          at < 0
            ? ''
            : answer
                .slice(at + mark.length)
                .replaceAll(',', '')
                .trim(),
        reasoning: answer.slice(0, Math.max(at, 0)).trim() || null,
      };
    });
    if ('draft' in reading && reading.draft.answer === '') return { problem: `"answer" has nothing after ${mark}` };
    return reading;
  },
};
