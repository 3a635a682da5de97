/**
 * Where a cursor stands in a file that is just being written. A marker takes the place of the word at the cursor; the
 * YAML library reads also what is broken, and where it put the marker is where the cursor stands.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { FilePath } from '../experimentFile';
import type { TextRange } from './outline';

export interface Cursor {
  /** `key`: of the mapping at `path`; `value`: at `path`, which for an entry of a list ends in its index. */
  readonly place: 'key' | 'value';
  readonly path: FilePath;
  /** The word at the cursor, inside its quotes where it has some. */
  readonly word: TextRange;
  readonly quoted: boolean;
  /** Inside of `{}` or `[]`. */
  readonly flow: boolean;
  /** The line has nothing but indentation and dashes before the word: a block mapping may begin here. */
  readonly startsLine: boolean;
  /** `- ` must come before whatever is put here. */
  readonly needsDash: boolean;
  /** Keys or plain entries that stand beside the cursor in the same mapping or list. */
  readonly siblings: readonly string[];
  /** The file with the marker in it. */
  readonly document: Document;
}

const marker = '\u00abcursor\u00bb';
const openQuote = /(?:^|[\s,[{])(["'])((?:(?!\1).)*)$/;
const plainBefore = /[^\s,[\]{}"']*$/;
/** A colon ends a word only where YAML sees one. */
const plainAfter = /^(?:[^\s,[\]{}"':]|:(?=\S))*/;
const quotedAfter = /^[^"',\]}\n]*(?=["'])/;

/** @returns null in a comment, right behind a colon, and where nothing can be told */
export function cursorAt(text: string, offset: number): Cursor | null {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const rest = text.slice(offset);
  const quoted = openQuote.exec(line);
  const before = quoted ? quoted[2]! : plainBefore.exec(line)![0];
  const lead = line.slice(0, line.length - before.length);
  if (!quoted && (/^-$|:$/.test(before) || /["']$/.test(lead))) return null;
  const after = (quoted && quotedAfter.exec(rest)) ?? plainAfter.exec(rest)!;
  const word = { from: offset - before.length, to: offset + after[0].length };
  const put = (inserted: string) => text.slice(0, word.from) + inserted + text.slice(word.to);

  const startsLine = /^\s*(- +)*["']?$/.test(lead);
  const common = { word, quoted: quoted !== null, startsLine };
  const found = find(put(quoted ? marker : `"${marker}"`));
  if (found && !(found.isAstray && startsLine)) return { ...found, ...common, needsDash: false };
  // On a line of its own below a list, indented as the list is: what is meant is its next entry.
  const entry = startsLine && !quoted ? find(put(`- "${marker}"`)) : null;
  return entry && entry.path.length > 0 ? { ...entry, ...common, needsDash: true } : null;
}

interface Found extends Pick<Cursor, 'place' | 'path' | 'flow' | 'siblings' | 'document'> {
  /** It was taken for a key of a block mapping whose keys stand in another column. */
  readonly isAstray: boolean;
}

function find(text: string): Found | null {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  let found: Found | null = null;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (typeof node.value !== 'string' || !node.value.includes(marker)) return undefined;
      const chain = [...ancestors, node];
      const parent = ancestors.findLast(isCollection);
      found = {
        place: key === 'key' ? 'key' : 'value',
        path: pathOf(chain),
        flow: ancestors.some((ancestor) => isCollection(ancestor) && ancestor.flow === true),
        siblings: siblingsOf(parent, node),
        document,
        isAstray: key === 'key' && isMap(parent) && !parent.flow && !isAligned(text, parent, node),
      };
      return visit.BREAK;
    },
  });
  return found;
}

function isAligned(text: string, parent: YAMLMap, node: Scalar): boolean {
  const columnOf = ({ range }: Node) => range![0] - text.lastIndexOf('\n', range![0] - 1);
  const other = parent.items.find(({ key }) => key !== node && isScalar(key))?.key as Scalar | undefined;
  return other === undefined || columnOf(other) === columnOf(node);
}

function siblingsOf(parent: unknown, node: Scalar): string[] {
  const others: unknown[] = isMap(parent) ? parent.items.map(({ key }) => key) : isSeq(parent) ? parent.items : [];
  return others.flatMap((other) => (other !== node && isScalar(other) ? [String(other.value)] : []));
}

/** The keys and indices on the way down a chain of nodes and pairs. */
function pathOf(chain: readonly unknown[]): (string | number)[] {
  const path: (string | number)[] = [];
  chain.forEach((ancestor, i) => {
    const next = chain[i + 1];
    if (next === undefined) return;
    if (isSeq(ancestor)) path.push(ancestor.items.indexOf(next));
    if (isPair(ancestor) && next !== ancestor.key)
      path.push(String((ancestor.key as { value?: unknown } | null)?.value));
  });
  return path;
}

/** What stands at an offset of a file that can be read. */
export interface NodeAt extends TextRange {
  readonly place: 'key' | 'value';
  /** Of the value, also for a key. */
  readonly path: FilePath;
  readonly text: string;
}

/** The key or plain value that contains `offset`. */
export function nodeAt(document: Document, offset: number): NodeAt | null {
  let found: NodeAt | null = null;
  visit(document, {
    Node(key, node: Node, ancestors) {
      const [from, to] = node.range ?? [0, 0];
      if (isCollection(node)) return undefined;
      if (isAlias(node) || !isScalar(node) || offset < from || offset >= Math.max(to, from + 1)) return undefined;
      const path = pathOf([...ancestors, node]);
      const place = key === 'key' ? 'key' : 'value';
      found = {
        from,
        to,
        place,
        path: place === 'key' ? [...path, String(node.value)] : path,
        text: String(node.value),
      };
      return visit.BREAK;
    },
  });
  return found;
}
