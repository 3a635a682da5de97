/** The JSON schema of the experiment file, asked by paths into the file. */
import type { FilePath } from './experimentFile';
import { experimentJsonSchema, type ValueMeaning } from './schema';

export interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly 'x-value'?: ValueMeaning;
}

let whole: JsonSchema | undefined;

function wholeSchema(): JsonSchema {
  return (whole ??= experimentJsonSchema());
}

/** The part of the schema that describes what stands at `path`; alternatives are searched in order. */
export function schemaAt(path: FilePath, schema: JsonSchema = wholeSchema()): JsonSchema | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  for (const form of formsOf(schema)) {
    const next = inside(form, head);
    const found = next && schemaAt(rest, next);
    if (found) return found;
  }
  return undefined;
}

/** Every form that what stands at `path` may have: alternatives one by one. */
export function formsAt(path: FilePath, schema: JsonSchema = wholeSchema()): JsonSchema[] {
  const [head, ...rest] = path;
  if (head === undefined) return formsOf(schema);
  return formsOf(schema).flatMap((form) => {
    const next = inside(form, head);
    return next ? formsAt(rest, next) : [];
  });
}

/** The keys a mapping at `path` may have. */
export function keysAt(path: FilePath): string[] {
  return formsAt(path).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** What the text at `path` stands for, where the schema says so. */
export function meaningAt(path: FilePath): ValueMeaning | undefined {
  return formsAt(path).find((form) => form['x-value'] !== undefined)?.['x-value'];
}

/** A type in words: "one of suffix, single", "whole number", "list of texts". */
export function describeType(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(describeType).join(', or ');
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`;
  if (schema.const !== undefined) return String(schema.const);
  if (Array.isArray(schema.items)) return `list of ${schema.items.length}`;
  if (schema.items) return `list: ${describeType(schema.items as JsonSchema)}`;
  if (schema.properties) return `mapping with ${Object.keys(schema.properties).join(', ')}`;
  const words: Record<string, string> = {
    integer: 'whole number',
    string: 'text',
    object: 'mapping',
    boolean: 'true or false',
  };
  return words[schema.type ?? ''] ?? schema.type ?? 'anything';
}

function formsOf(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(formsOf) : [schema];
}

function inside(
  { properties, additionalProperties, items }: JsonSchema,
  head: string | number,
): JsonSchema | undefined {
  if (typeof head === 'number') {
    return Array.isArray(items) ? (items as readonly JsonSchema[])[head] : (items as JsonSchema | undefined);
  }
  if (properties && Object.hasOwn(properties, head)) return properties[head];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
