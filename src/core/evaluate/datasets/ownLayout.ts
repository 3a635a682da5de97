import * as z from 'zod';
import { once } from '../../../shared/once';
import { asText, checked, choicesField, optionalText, textField, type Layout } from './layout';

const schema = once(() =>
  z.looseObject({
    id: textField(),
    question: textField(),
    answer: textField(),
    image: optionalText(),
    choices: choicesField(),
    description: optionalText(),
    reasoning: optionalText(),
    category: optionalText(),
  }),
);

/** `id, question, answer` and where there are such `image, choices, description, reasoning, category`. */
export const ownLayout: Layout = {
  get fields() {
    return Object.keys(schema().shape);
  },
  matches: ({ id }) => id !== undefined,
  id: ({ id }) => asText(id),
  category: ({ category }) => asText(category),
  read: (fields) =>
    checked(schema(), fields, ({ id, question, answer, image, choices, description, reasoning, category }) => ({
      ...{ id, question, answer, image, choices, description, reasoning, category },
      ...{ answerType: null, unit: null, precision: null },
    })),
};
