/** SVG as text. No DOM, so that a figure can be made and tested anywhere. */
import { short } from './lineStyles';

/** Finished markup: only {@link tag} and {@link text} make it, and both escape what they are given. */
export type Markup = string & { readonly __markup: true };
export type SvgAttributes = Readonly<Record<string, string | number | null>>;

/** `<name attributes>children</name>`; numbers are rounded to two decimals, null attributes left out. */
export function tag(name: string, attributes: SvgAttributes, ...children: readonly Markup[]): Markup {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeXml(value!)}"`)
    .join('');
  return (children.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${children.join('')}</${name}>`) as Markup;
}

export function text(content: string, x: number, y: number, attributes: SvgAttributes = {}): Markup {
  return tag('text', { x, y, ...attributes }, escapeXml(content) as Markup);
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: SvgAttributes): Markup {
  return tag('path', {
    d: polyline([
      [x1, y1],
      [x2, y2],
    ]),
    ...attributes,
  });
}

/** "M1 2L3 4": a path through points. */
export function polyline(points: readonly (readonly [number, number])[]): string {
  return points.length === 0 ? '' : `M${points.map(([x, y]) => `${short(x)} ${short(y)}`).join('L')}`;
}

/** Whatever XML 1.0 cannot hold: most control characters, halves of surrogate pairs, two non-characters. */
const unprintable = new RegExp(
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]' +
    '|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  'g',
);

/** Escaped for content and attributes; characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(content: string): string {
  return content
    .replace(unprintable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
