/** Values as YAML writes them. */
import { isDefined, isRecord } from './values';

/** Longer values are written in lines of their own, where the file allows it. */
const longestLine = 100;

/** A text as YAML writes it: in quotes where it would not be read as the same text without. */
export function yamlText(text: string): string {
  const isPlain =
    /^([A-Za-z_/]|\.{1,2}\/)[\w./~+-]*( [\w./~+-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** A value on one line, in brackets and braces. */
export function flowText(value: unknown): string {
  if (typeof value === 'string') return yamlText(value);
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.entries(value).filter(isDefined).map(flowField);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

export function flowField([key, value]: readonly [string, unknown]): string {
  return `${yamlText(key)}: ${flowText(value)}`;
}

export interface BlockStyle {
  /** Columns before a key. */
  readonly indent: number;
  /** Columns by which what is inside stands further in. */
  readonly step: number;
  readonly eol: string;
}

/**
 * A key with its value on lines of their own, the first without indentation.
 * @param open mappings down to this depth get a line per key however short they are
 */
export function blockField([key, value]: readonly [string, unknown], style: BlockStyle, open: number): string {
  return `${yamlText(key)}:${blockValue(value, style, open)}`;
}

/** What stands behind the colon of a key at `style.indent`. */
export function blockValue(value: unknown, style: BlockStyle, open: number): string {
  const flow = ` ${flowText(value)}`;
  if (Array.isArray(value) && value.some(isRecord) && open > 0) {
    const inside = { ...style, indent: style.indent + style.step };
    return value.map((item) => style.eol + blockItem(item, inside)).join('');
  }
  const fields = isRecord(value) ? Object.entries(value).filter(isDefined) : [];
  if (fields.length === 0 || (open <= 0 && flow.length + style.indent <= longestLine)) return flow;
  const inner = { ...style, indent: style.indent + style.step };
  const lead = style.eol + ' '.repeat(inner.indent);
  return fields.map((field) => lead + blockField(field, inner, open - 1)).join('');
}

/** An entry of a list in lines of its own, indented; of a mapping with one key, that key stands behind the dash. */
export function blockItem(item: unknown, style: BlockStyle): string {
  const dash = `${' '.repeat(style.indent)}- `;
  const [field, ...others] = isRecord(item) ? Object.entries(item).filter(isDefined) : [];
  if (!field || others.length > 0) return dash + flowText(item);
  return dash + blockField(field, { ...style, indent: style.indent + 2 }, 0);
}
