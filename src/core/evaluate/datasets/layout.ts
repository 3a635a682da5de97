/** How a known data set spells its items, and the pieces that the layouts share. */
import * as z from 'zod';
import { once } from '../../../shared/once';
import { explainField } from '../../files/jsonLines';
import type { DatasetItem } from '../dataset';

/** What a row of a file says, before anyone knows what it means. */
export type Fields = Readonly<Record<string, unknown>>;

/** An item whose image is still as its row names it: a path relative to the folder of the set. */
export type Draft = DatasetItem;

export type Reading = { readonly draft: Draft } | { readonly problem: string };

export interface Layout {
  /** All that it reads. */
  readonly fields: readonly string[];
  /** Whether a row is spelled this way. */
  matches(fields: Fields): boolean;
  /** @param index of the row in its set, from 0 */
  id(fields: Fields, index: number): string | null;
  category(fields: Fields): string | null;
  /** @param id as {@link id} gives it, null where the row has none */
  read(fields: Fields, id: string | null): Reading;
}

/** A text, or a number, which becomes one; empty ones are none. */
export const textField = once(() => {
  const number = z
    .number()
    .refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), 'too large for a number: write a text');
  const text = z.string().refine((value) => value.trim() !== '', 'it is empty');
  return z.union([text, number.transform(String)], {
    error: ({ input }) => (typeof input === 'string' ? 'it is empty' : numberProblem(input)),
  });
});

/** As {@link textField}; null where it is missing, null or empty. */
export const optionalText = once(() =>
  z.preprocess((value) => (isBlank(value) ? null : value), textField().nullable()).default(null),
);

/** What may be chosen. Their letters end at Z. */
export const choicesField = once(() => {
  const choices = z.array(textField()).max(26, 'more than 26 choices');
  return z.preprocess((value) => value ?? [], choices);
});

export function asText(value: unknown): string | null {
  const read = textField().safeParse(value);
  return read.success ? read.data : null;
}

/** What a schema makes of a row. */
export function checked<T>(schema: z.ZodType<T>, fields: Fields, draft: (value: T) => Draft): Reading {
  const result = schema.safeParse(fields);
  return result.success ? { draft: draft(result.data) } : { problem: explainField(result.error.issues[0]!) };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function numberProblem(input: unknown): string {
  if (input === undefined) return 'Invalid input: expected a text, received undefined';
  return typeof input === 'number' ? 'too large for a number: write a text' : 'expected a text or a number';
}
