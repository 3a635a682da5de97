import type { z } from 'zod';
import type { FilePath } from './experimentFile';
import { experimentJsonSchema } from './schema';

/** A problem at a place of the file's structure. */
export interface Issue {
  readonly path: FilePath;
  readonly message: string;
  /** Marks the key rather than its value. */
  readonly onKey?: boolean;
  readonly severity?: 'warning';
}

/** A schema's complaint in the user's words. Unknown keys come with the nearest known one. */
export function explainIssue(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path as (string | number)[];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path);
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        const hint = near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
        return { path: [...path, key], message: `unknown key "${key}"; ${hint}`, onKey: true };
      });
    }
    case 'invalid_type': {
      const key = path.at(-1);
      if (issue.input === undefined && issue.message.endsWith('received undefined')) {
        return [{ path, message: `"${String(key)}" is missing` }];
      }
      return [{ path, message: `"${String(key)}" must be ${article(issue.expected)}` }];
    }
    case 'invalid_value':
      return [{ path, message: `"${String(path.at(-1))}" must be one of ${issue.values.map(String).join(', ')}` }];
    case 'invalid_union':
      return explainUnion(path, issue.errors);
    case 'invalid_format':
      return [{ path, message: `"${String(path.at(-1))}" must be ${issue.message}` }];
    default:
      return [{ path, message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }];
  }
}

/** Of the alternatives, the one the user most likely meant: the one whose complaints lie deepest. */
function explainUnion(path: FilePath, alternatives: readonly (readonly z.core.$ZodIssue[])[]): Issue[] {
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.min(...issues.map((issue) => issue.path.length));
  const best = [...alternatives].sort((a, b) => depth(b) - depth(a))[0] ?? [];
  if (best.length === 0 || depth(best) === 0) {
    const key = path.filter((part) => typeof part === 'string').at(-1);
    return [{ path, message: `"${key ?? 'this'}" has none of the allowed forms: ${describeForms(path)}` }];
  }
  return best.flatMap((issue) => explainIssue({ ...issue, path: [...path, ...issue.path] }));
}

interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** The part of the JSON schema that describes what stands at `path`; alternatives are searched in order. */
export function schemaAt(path: FilePath, schema: JsonSchema = experimentJsonSchema()): JsonSchema | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  for (const form of schema.anyOf ?? [schema]) {
    const { properties, additionalProperties, items } = form;
    const next =
      typeof head === 'number'
        ? Array.isArray(items)
          ? (items as JsonSchema[])[head]
          : (items as JsonSchema | undefined)
        : (properties?.[head] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined));
    const found = next && schemaAt(rest, next);
    if (found) return found;
  }
  return undefined;
}

/** The keys a mapping at `path` may have. */
export function keysAt(path: FilePath): string[] {
  const schema = schemaAt(path);
  return (schema?.anyOf ?? [schema]).flatMap((form) => Object.keys(form?.properties ?? {}));
}

function describeForms(path: FilePath): string {
  const schema = schemaAt(path);
  return schema?.description ?? 'see the documentation';
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** The known word at the smallest edit distance, if it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  const best = scored.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length]!;
}
