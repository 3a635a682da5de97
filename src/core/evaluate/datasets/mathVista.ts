import * as z from 'zod';
import { once } from '../../../shared/once';
import { asText, checked, choicesField, optionalText, textField, type Fields, type Layout } from './layout';

const schema = once(() =>
  z.looseObject({
    pid: textField(),
    question: textField(),
    answer: textField(),
    image: optionalText(),
    choices: choicesField(),
    answer_type: z.enum(['text', 'integer', 'float', 'list']).nullish(),
    unit: optionalText(),
    // An integer in the JSON file, a float64 in parquet.
    precision: z.int().min(0).max(15).nullish(),
    metadata: z.unknown(),
  }),
);

/**
 * MathVista, `testmini.json` of github.com/lupantech/MathVista or the parquet files of AI4Math/MathVista. The question is
 * asked without the hints of the field `query`; choices are put below it by the prompt.
 */
export const mathVista: Layout = {
  get fields() {
    return Object.keys(schema().shape);
  },
  matches: (fields) => 'pid' in fields && 'answer_type' in fields,
  id: ({ pid }) => asText(pid),
  category: (fields) => asText(metadata(fields)?.category),
  read: (fields) =>
    checked(schema(), fields, ({ pid, question, answer, image, choices, answer_type, unit, precision }) => ({
      ...{ id: pid, question, answer, image, choices, unit },
      answerType: answer_type ?? null,
      precision: precision ?? null,
      description: null,
      reasoning: null,
      category: mathVista.category(fields),
    })),
};

function metadata(fields: Fields): Fields | null {
  const { metadata: value } = fields;
  return typeof value === 'object' ? (value as Fields | null) : null;
}
