import * as z from 'zod';
import { once } from '../../../shared/once';
import { asText, checked, optionalText, textField, type Layout } from './layout';

const schema = once(() =>
  z.looseObject({
    unique_id: textField(),
    problem: textField(),
    answer: textField(),
    solution: optionalText(),
    subject: optionalText(),
  }),
);

/** HuggingFaceH4/MATH-500: the subject is the category, the solution the thoughts that lead to the answer. */
export const math500: Layout = {
  get fields() {
    return Object.keys(schema().shape);
  },
  matches: (fields) => 'unique_id' in fields && 'problem' in fields,
  id: ({ unique_id }) => asText(unique_id),
  category: ({ subject }) => asText(subject),
  read: (fields) =>
    checked(schema(), fields, ({ unique_id, problem, answer, solution, subject }) => ({
      ...{ id: unique_id, question: problem, answer, reasoning: solution, category: subject },
      ...{ image: null, choices: [], description: null, answerType: null, unit: null, precision: null },
    })),
};
