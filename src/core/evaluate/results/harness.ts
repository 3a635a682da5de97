/**
 * Samples of lm-evaluation-harness and of lmms-eval, which began as a copy of it (`save_results_samples` in their
 * `loggers/evaluation_tracker.py`): one line per item and filter, `resps` before filtering and `filtered_resps` after,
 * metrics as further keys.
 */
import type { Gold } from '../dataset';
import { asText, type Fields } from '../datasets/layout';
import { isFields, plainText, textGold, type LogEntry, type LogFormat, type LogReading } from './logFormat';
import { metricValue } from './metrics';

/** Keys that are no metrics. */
const ownFields = new Set([
  ...['doc_id', 'doc', 'target', 'arguments', 'input', 'resps', 'filtered_resps', 'filter', 'metrics'],
  ...['doc_hash', 'prompt_hash', 'target_hash', 'token_counts'],
]);
/** Where metrics that are mappings put what was taken for the answer. */
const extractionFields = ['extraction', 'parsed_pred', 'pred_answer', 'pred'];
const questionFields = ['question', 'query', 'problem'];
/** What the harness writes for an answer that a filter did not find. */
const notFound = '[invalid]';

export const lmEval: LogFormat = {
  tool: 'lm-evaluation-harness',
  matches: (fields) => isSample(fields) && isHarness(fields),
  read: (fields) => read(fields, seesImage(fields) ? 'image' : 'text'),
};

export const lmmsEval: LogFormat = {
  tool: 'lmms-eval',
  matches: (fields) => isSample(fields) && !isHarness(fields),
  read: (fields) => read(fields, 'image'),
};

function isSample(fields: Fields): boolean {
  return 'doc_id' in fields && ('filtered_resps' in fields || 'resps' in fields);
}

/** Only the harness names filters and metrics, and numbers its arguments. */
function isHarness({ arguments: given, filter, metrics }: Fields): boolean {
  return typeof filter === 'string' || Array.isArray(metrics) || isFields(given);
}

/** Of a multimodal task the arguments of a request end with its images. */
function seesImage({ arguments: given }: Fields): boolean {
  return requests(given).some((request) => Object.values(request).some((each) => isFields(each) && 'visual' in each));
}

function requests(given: unknown): Fields[] {
  return isFields(given) ? Object.values(given).filter(isFields) : [];
}

function read(fields: Fields, setting: LogEntry['setting']): LogReading {
  const id = asText(fields.doc_id);
  if (id === null) return { problem: '"doc_id" is neither a number nor a text' };
  const chosen = chosenOption(fields);
  const filtered = chosen ?? firstText(fields.filtered_resps);
  const text = chosen ?? firstText(fields.resps) ?? filtered;
  if (text === null) return { problem: 'neither "resps" nor "filtered_resps" has an answer' };
  const metrics = metricsOf(fields);
  const mappings = [...metrics.values()].filter(isFields);
  const extraction = firstOf(mappings, extractionFields);
  const values = [...metrics].flatMap(([name, value]): [string, number][] => {
    const number = metricValue(value);
    return number === null ? [] : [[name, number]];
  });
  return {
    entry: {
      id,
      hash: plainText(fields.doc_hash),
      filter: plainText(fields.filter),
      setting,
      question: questionOf(fields, mappings),
      gold: goldOf(fields, mappings),
      text,
      extracted: chosen ?? extraction ?? (filtered === text || filtered === notFound ? null : filtered),
      judged: null,
      metrics: new Map(values),
    },
  };
}

/** Metrics as the log names them, else whatever is no field of the tool's own. */
function metricsOf(fields: Fields): Map<string, unknown> {
  const { metrics: named } = fields;
  const names = Array.isArray(named)
    ? named.filter((name): name is string => typeof name === 'string')
    : Object.keys(fields).filter((name) => !ownFields.has(name));
  return new Map(names.map((name) => [name, fields[name]]));
}

/** The first text of a list, however deep; of several samples the first. */
function firstText(value: unknown): string | null {
  for (let inner = value; ; [inner] = inner as unknown[]) {
    if (typeof inner === 'string') return inner;
    if (!Array.isArray(inner) || inner.length === 0) return null;
  }
}

/** Of a task that compares likelihoods of options: the likeliest one. Null for other tasks. */
function chosenOption({ filtered_resps: filtered, arguments: given }: Fields): string | null {
  if (!Array.isArray(filtered) || filtered.length < 2) return null;
  const likelihoods = filtered.map(logLikelihood);
  if (likelihoods.some((each) => each === null)) return null;
  const best = likelihoods.indexOf(Math.max(...(likelihoods as number[])));
  return plainText(optionsOf(given)[best])?.trim() ?? `option ${best + 1}`;
}

/** `[log-likelihood, whether it is the greedy answer]`, as numbers or printed. */
function logLikelihood(value: unknown): number | null {
  if (!Array.isArray(value) || value.length !== 2 || !/^(true|false)$/i.test(String(value[1]))) return null;
  const [number] = value as [unknown];
  return Number.isNaN(Number(number)) ? null : Number(number);
}

function optionsOf(given: unknown): unknown[] {
  return requests(given).map((request) => request.arg_1);
}

function questionOf(fields: Fields, mappings: readonly Fields[]): string | null {
  const { doc, input, arguments: given } = fields;
  const asked = isFields(doc) ? firstOf([doc], questionFields) : null;
  return asked ?? firstOf(mappings, questionFields) ?? plainText(input) ?? plainText(requests(given)[0]?.arg_0);
}

/** Worked solutions of GSM8K end with the answer, after `####`. */
function goldOf({ target, filtered_resps: filtered, arguments: given }: Fields, mappings: readonly Fields[]) {
  const text = plainText(target);
  if (text === null) return null;
  const options = optionsOf(given).map(plainText);
  const isOption = Array.isArray(filtered) && filtered.length === options.length && options.length > 1;
  if (isOption && /^\d+$/.test(text)) return textGold(options[Number(text)]?.trim() ?? text);
  const [, answer = text] = /####\s*([^#]+)$/.exec(text) ?? [];
  return withChoices(textGold(answer.trim()), mappings);
}

/** MathVista's metrics say what could be chosen. */
function withChoices(gold: Gold, mappings: readonly Fields[]): Gold {
  const choices = mappings.map(({ choices: given }) => given).find(Array.isArray);
  const texts = (choices ?? []).filter((each): each is string => typeof each === 'string');
  return texts.length > 1 && texts.length <= 26 ? { ...gold, choices: texts } : gold;
}

function firstOf(mappings: readonly Fields[], names: readonly string[]): string | null {
  const found = mappings.flatMap((mapping) => names.map((name) => plainText(mapping[name])));
  return found.find((text) => text !== null) ?? null;
}
