/** How a tool spells the lines of its per-sample logs, and the pieces that the formats share. */
import type { Setting } from '../../../shared/vocabulary';
import type { Gold } from '../dataset';
import type { Fields } from '../datasets/layout';

/** One answer, as a log has it. */
export interface LogEntry {
  /** Unique in its log, for one filter. */
  readonly id: string;
  /** Of the whole item, where the tool writes one. */
  readonly hash: string | null;
  /** Which way of finding the answer in the text the line is about, where the tool knows several. */
  readonly filter: string | null;
  readonly setting: Setting;
  readonly question: string | null;
  /** Null where the log does not say what is right. */
  readonly gold: Gold | null;
  /** The whole answer. */
  readonly text: string;
  readonly extracted: string | null;
  /** What a judge made of the text: where no metric says whether it is right, the rule looks at this. */
  readonly judged: string | null;
  /** What the log says of the answer, by metric, as a number. */
  readonly metrics: ReadonlyMap<string, number>;
}

export type LogReading = { readonly entry: LogEntry } | { readonly problem: string };

export interface LogFormat {
  readonly tool: 'lmms-eval' | 'lm-evaluation-harness' | 'VLMEvalKit';
  /** Whether a line is spelled this way. */
  matches(fields: Fields): boolean;
  read(fields: Fields): LogReading;
}

/** What the formats are called where none of them fits. */
export const knownLogs =
  'Logs are the samples (.jsonl, .json) of lmms-eval and lm-evaluation-harness (--log_samples), and the predictions or ' +
  'judged predictions (.xlsx, .tsv, .csv, .json) of VLMEvalKit.';

/** Texts, and numbers and truth values as Python prints them; null for all else and where there is nothing. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return null;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textGold(answer: string, choices: readonly string[] = []): Gold {
  return { answer, choices, answerType: null, unit: null, precision: null };
}
