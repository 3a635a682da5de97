/** JSONL files that nobody vouches for: each line by itself, so that one that is broken spoils no other. */
import type * as z from 'zod';

/** A line that holds something: what it says, or what is wrong with it and how to mend it. */
export type JsonLine =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly problem: string; readonly mend: string };

const lineLimit = 2 ** 20;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The lines of a JSONL file that are not blank, counted from 1 with those that are. Lines end in LF or CRLF, the last
 * one need not; the file may begin with a byte order mark.
 */
export function* jsonLines(bytes: Uint8Array): Generator<JsonLine> {
  let number = 0;
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    number++;
    const line = parseLine(bytes.subarray(from, end), number);
    from = end + 1;
    if (line) yield line;
  }
}

function parseLine(bytes: Uint8Array, number: number): JsonLine | null {
  if (bytes.length > lineLimit) {
    return { number, problem: `more than ${lineLimit} bytes`, mend: 'Write one JSON object per line.' };
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { number, problem: 'not UTF-8 text', mend: 'Save the file as UTF-8, uncompressed.' };
  }
  if (number === 1) text = text.replace(/^\ufeff/, '');
  if (text.trim() === '') return null;
  try {
    return { number, value: JSON.parse(text) };
  } catch (error) {
    return { number, problem: `not JSON: ${(error as Error).message}`, mend: 'Write one JSON object per line.' };
  }
}

/** A schema's complaint about a JSON object, with the field it is about. */
export function explainField({ path: field, message }: z.core.$ZodIssue): string {
  if (field.length === 0) return 'not a JSON object';
  const what = message.replace(/^Invalid input: /, '');
  return `"${field.join('.')}" ${what.endsWith('received undefined') ? 'is missing' : `is wrong: ${what}`}`;
}
