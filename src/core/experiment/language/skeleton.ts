/** Snippets (the syntax of TextMate's, which VS Code has) for what the schema requires at a place. */
import { yamlText } from '../editing/yamlText';
import type { JsonSchema } from '../schemaPaths';
import { namesFor } from './names';
import type { Outline } from './outline';

export interface SkeletonOptions {
  readonly outline: Outline;
  /** What to propose as a new step's id. */
  readonly id: string;
  /** Inside `{}` or `[]`, else as a block. */
  readonly flow: boolean;
  /** Indentation of a block, relative to the line that the snippet begins in. */
  readonly indent: string;
}

/** Writes snippets with one series of tab stops. */
export class Skeleton {
  private next = 1;

  constructor(private readonly options: SkeletonOptions) {}

  /** A key with what must follow it. */
  field(key: string, schema: JsonSchema): string {
    const { flow, indent } = this.options;
    const form = schema.anyOf?.[0] ?? schema;
    if (!flow && form.properties) return `${key}:\n${this.block(form)}`;
    if (!flow && form.items && isMapping(form.items as JsonSchema)) return `${key}:\n${indent}- ${this.stop('')}`;
    if (!flow && isMapping(form)) return `${key}:\n${indent}${this.stop('')}`;
    return `${key}: ${this.value(form, key)}`;
  }

  /** A mapping with its required keys, on lines of their own. */
  block(schema: JsonSchema): string {
    const { indent } = this.options;
    return this.required(schema)
      .map(([key, field]) => `${indent}${key}: ${this.value(field, key)}`)
      .join('\n');
  }

  /** What may stand behind a key on its line. */
  value(schema: JsonSchema, key = ''): string {
    const form = schema.anyOf?.[0] ?? schema;
    const names = namesFor(form['x-value'], this.options.outline).map(yamlText);
    if (form.const !== undefined) return escape(String(form.const));
    if (form.enum) return this.choice(form.enum.map(String));
    if (names.length > 0) return this.choice(names);
    if (key === 'id') return this.stop(this.options.id);
    if (Array.isArray(form.items))
      return `[${(form.items as JsonSchema[]).map((item, i) => this.entry(item, i)).join(', ')}]`;
    if (form.items) return this.list(form.items as JsonSchema);
    if (form.properties) {
      const fields = this.required(form).map(([name, field]) => `${name}: ${this.value(field, name)}`);
      return fields.length > 0 ? `{ ${fields.join(', ')} }` : `{ ${this.stop('')} }`;
    }
    return this.stop(placeholder(form, key));
  }

  /** Of entries that are layers, each is one further on. */
  private entry(item: JsonSchema, index: number): string {
    return item.type === 'integer' ? this.stop(String((item.minimum ?? 0) + index)) : this.value(item);
  }

  private list(item: JsonSchema): string {
    const names = namesFor(item['x-value'], this.options.outline).slice(0, 3);
    return `[${names.length > 0 ? this.stop(names.map(yamlText).join(', ')) : this.value(item)}]`;
  }

  private required({ properties = {}, required = [] }: JsonSchema): [string, JsonSchema][] {
    return Object.entries(properties).filter(([key, field]) => required.includes(key) || isAsked(key, field));
  }

  private stop(text: string): string {
    return text === '' ? `$${this.next++}` : `\${${this.next++}:${escape(text)}}`;
  }

  private choice(values: readonly string[]): string {
    if (values.length === 1) return this.stop(values[0]!);
    return `\${${this.next++}|${values.map((value) => escape(value).replace(/[,|]/g, '\\$&')).join(',')}|}`;
  }
}

/** An `evaluate` step may leave out checkpoints and data sets, but without them it measures nothing. */
function isAsked(key: string, field: JsonSchema): boolean {
  return key === 'checkpoints' || (key === 'vision' && field['x-value'] === 'dataset');
}

function placeholder(form: JsonSchema, key: string): string {
  switch (form['x-value']) {
    case 'pairsFolder':
      return './pairs';
    case 'dataset':
      return './data.jsonl';
    case 'output':
    case 'checkpointFolder':
      return './';
    default:
      return form.type === 'integer' ? String(key === 'steps' ? 100 : (form.minimum ?? 1)) : '';
  }
}

function isMapping(schema: JsonSchema): boolean {
  return schema.properties !== undefined || typeof schema.additionalProperties === 'object';
}

/** Text as it stands in a snippet. */
export function escape(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
