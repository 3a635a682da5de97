/** What a side file says, field by field, in a form in which folders can be compared. */
import { InputError } from '../../shared/errors';
import { quoteName } from './quoteName';
import type { JsonObject, JsonValue } from './strictJson';

/**
 * What becomes of two checkpoints that differ in something: nothing here (`harmless`), other answers, or no hybrid
 * (`cannotCombine`: tensors, layers or tokens of one have no counterpart in the other).
 */
export type SidecarSeverity = 'harmless' | 'changesAnswers' | 'cannotCombine';

/** What a difference in a field means. */
export interface SidecarRule {
  readonly severity: SidecarSeverity;
  /** One sentence. */
  readonly meaning: string;
}

/** One thing that a side file says, or that holds where the file is silent. */
export interface SidecarStatement extends SidecarRule {
  readonly file: string;
  /** Dotted; a nested config.json and a flat one call it the same. */
  readonly field: string;
  /** For people, at most some hundred characters. */
  readonly shown: string;
  /** Texts are equal when they mean the same. */
  readonly compared: string;
}

export const harmless = (meaning: string): SidecarRule => ({ severity: 'harmless', meaning });
export const changesAnswers = (meaning: string): SidecarRule => ({ severity: 'changesAnswers', meaning });
export const cannotCombine = (meaning: string): SidecarRule => ({ severity: 'cannotCombine', meaning });

/** The rule of a field that nothing here reads. */
export const unread = harmless('It is not read when answers are computed here.');

/** Characters of a value that are shown. */
const longestValue = 100;
/** Fields of one file; those of the Hub have a tenth of it. */
const mostFields = 5000;

/** A value that is stated; null where there is nothing to state. */
export function statement(
  file: string,
  field: string,
  value: JsonValue | undefined,
  rule: SidecarRule,
): SidecarStatement | null {
  if (value === undefined || value === null) return null;
  const compared = canonicalJson(value);
  return { file, field, shown: shownValue(value), compared, ...rule };
}

export function isStatement(candidate: SidecarStatement | null): candidate is SidecarStatement {
  return candidate !== null;
}

/** JSON with sorted keys and without what is null: equal values give equal text. */
export function canonicalJson(value: JsonValue): string {
  if (value instanceof Map) {
    const entries = [...(value as JsonObject)].filter(([, inner]) => inner !== null);
    const sorted = entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(canonicalJson).join(',')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A value as tooltips and messages show it: texts quoted, all of it escaped, cut where it is long. */
export function shownValue(value: JsonValue): string {
  return typeof value === 'string' ? quoteName(value) : shownText(canonicalJson(value));
}

/** Text that is no name: escaped and cut, without quotes around it. */
export function shownText(text: string): string {
  const cut = text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
  return quoteName(cut).slice(1, -1).replaceAll('\\"', '"');
}

/**
 * Every value of nested objects by its dotted name; lists are values.
 * @param whole objects that are one value
 * @throws InputError when there are more than a configuration has
 */
export function leavesOf(
  file: string,
  root: JsonObject,
  whole: ReadonlySet<string> = new Set(),
): Map<string, JsonValue> {
  const leaves = new Map<string, JsonValue>();
  const collect = (object: JsonObject, prefix: string): void => {
    for (const [key, value] of object) {
      const name = prefix + key;
      if (value instanceof Map && !whole.has(name)) collect(value as JsonObject, `${name}.`);
      else if (value !== null) leaves.set(name, value);
      if (leaves.size > mostFields) throw new InputError(`${file} has more than ${mostFields} fields`);
    }
  };
  collect(root, '');
  return leaves;
}
