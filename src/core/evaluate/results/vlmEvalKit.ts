/**
 * Predictions of VLMEvalKit, one line per item: `index`, `question`, `answer`, the options `A`, `B`, …, `prediction`. A
 * judged file has `hit` besides, or what a judge took for the answer in `res` (`vlmeval/dataset/utils/mathvista.py`).
 */
import type { Gold } from '../dataset';
import { asText, type Fields } from '../datasets/layout';
import { plainText, type LogFormat } from './logFormat';
import { metricValue } from './metrics';

/** Columns that say whether an answer is right: of others nobody knows. */
const verdictColumns = ['hit', 'correct', 'is_correct', 'acc', 'score'];
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const answerTypes = ['text', 'integer', 'float', 'list'] as const;

export const vlmEvalKit: LogFormat = {
  tool: 'VLMEvalKit',
  matches: (fields) => 'index' in fields && 'prediction' in fields,
  read: (fields) => {
    const id = asText(fields.index);
    if (id === null) return { problem: '"index" is neither a number nor a text' };
    const judged = plainText(fields.res);
    const verdicts = verdictColumns.flatMap((name): [string, number][] => {
      const value = metricValue(fields[name]);
      return value === null ? [] : [[name, value]];
    });
    return {
      entry: {
        id,
        hash: null,
        filter: null,
        setting: 'image',
        question: plainText(fields.question),
        gold: goldOf(fields),
        text: plainText(fields.prediction) ?? '',
        extracted: judged,
        judged,
        metrics: new Map(verdicts),
      },
    };
  },
};

/** Whether a judge has seen the answers. */
export function isJudged(fields: Fields): boolean {
  return 'res' in fields || verdictColumns.some((name) => name in fields);
}

function goldOf(fields: Fields): Gold | null {
  const answer = plainText(fields.answer);
  if (answer === null) return null;
  const lettered = letters.flatMap((letter) => plainText(fields[letter]) ?? []);
  const precision = metricValue(fields.precision);
  return {
    answer,
    choices: lettered.length > 0 ? lettered : pythonList(fields.choices),
    answerType: answerTypes.find((type) => type === fields.answer_type) ?? null,
    unit: plainText(fields.unit),
    precision: Number.isInteger(precision) ? precision : null,
  };
}

/** Characters of a list of options. Looking for its texts may take the square of it. */
const listLimit = 10_000;

/** The texts of a list as Python prints it: `['3/11', "it's"]`. Empty where it is none. */
export function pythonList(value: unknown): string[] {
  if (typeof value !== 'string' || value.length > listLimit || !/^\s*\[.*\]\s*$/s.test(value)) return [];
  const items = [...value.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs)];
  return items.map(([, single, double]) => (single ?? double)!.replace(/\\(.)/gs, '$1')).slice(0, letters.length);
}
