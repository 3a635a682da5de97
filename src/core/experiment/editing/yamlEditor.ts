import { isMap, isNode, isSeq, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { InputError } from '../../../shared/errors';
import { isRepeated, rescuedAliases, valueOf } from './aliases';
import { TextLines } from './textLines';
import { isDefined, isRecord, sameValue } from './values';
import {
  colonEnd,
  endOf,
  hasColon,
  indentOf,
  isBlock,
  isEmpty,
  isFlow,
  keyCommentEnd,
  keyOf,
  pairEnd,
  pairOf,
  pairStart,
  valueStart,
} from './yamlPlaces';
import { blockField, blockItem, blockValue, flowField, flowText, type BlockStyle } from './yamlText';

/** A replacement in a text: what stands in [from, to) becomes `text`. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Where a value stands: behind a key, or in a list. */
interface Slot {
  readonly pair: Pair | null;
  readonly node: Node | null;
  /** Inside of brackets or braces. */
  readonly flow: boolean;
  /** Columns before the key. */
  readonly indent: number;
}

/**
 * Changes of a YAML text that leave everything else in it as it is, to the byte. Collect them, then take {@link edits}.
 * What an anchor marks and aliases repeat keeps its value there when it changes or goes here.
 */
export class YamlEditor {
  readonly document: Document;
  readonly root: Node | null;
  private readonly collected: TextEdit[] = [];
  private readonly gone: (readonly [from: number, to: number])[] = [];
  private readonly lines: TextLines;
  private readonly step: number;

  /** @param text well-formed YAML */
  constructor(private readonly text: string) {
    this.document = parseDocument(text, {
      merge: false,
      keepSourceTokens: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    this.root = this.document.contents as Node | null;
    this.lines = new TextLines(text);
    this.step = stepOf(this.root);
  }

  valueOf(node: Node): unknown {
    return valueOf(this.document, node);
  }

  /**
   * Gives a key of a mapping a value: changes what differs, or adds the key behind the last one.
   * @param open how many levels of mappings are written in lines of their own, where the file allows it
   */
  set(map: Node, key: string, value: unknown, open: number): void {
    const pair = pairOf(map, key);
    if (pair) this.change(this.slotOf(map, pair), value, open);
    else this.grow(map, [[key, value]], open);
  }

  /** Puts a key with its value before another one of the same mapping. */
  insertBefore(map: Node, before: Pair, field: readonly [string, unknown], open: number): void {
    const start = pairStart(before);
    const { eol } = this.lines;
    if (isFlow(map)) {
      const lead = this.lines.lead(start);
      return this.push(start, start, `${flowField(field)},${lead === null ? ' ' : eol + lead}`);
    }
    const indent = ' '.repeat(indentOf(map));
    const at = this.lines.aboveComments(this.lines.start(start), indent);
    const blank = this.lines.isBlank(this.lines.start(at - 1)) ? eol : '';
    this.push(at, at, indent + blockField(field, this.style(map), open) + eol + blank);
  }

  /** Takes a key out of a mapping that has others, with one of the empty lines around it. */
  removePair(map: Node, pair: Pair): void {
    this.shrink(map, new Set([pair]));
    const [from, to] = this.linesOf(pair);
    const isAlone = this.lines.isBlank(this.lines.start(from - 1)) && this.lines.isBlank(to);
    if (!isFlow(map) && isAlone) this.push(to, this.lines.next(to), '');
  }

  /** Takes the only key out of the mapping behind `holder`; comments around it stay. */
  removeOnly(holder: Pair, pair: Pair): void {
    const block = isBlock(holder.value);
    if (block) this.push(colonEnd(holder), colonEnd(holder), ' {}');
    this.gone.push([pairStart(pair), pairEnd(this.text, pair)]);
    this.push(...(block ? this.linesOf(pair) : ([pairStart(pair), pairEnd(this.text, pair)] as const)), '');
  }

  /** Appends to the list of a key of a mapping; the list is made where there is none. */
  append(map: Node, key: string, item: Readonly<Record<string, unknown>>): void {
    const list = pairOf(map, key)?.value;
    if (!isSeq(list) || list.items.length === 0) {
      const pair = pairOf(map, key);
      if (!pair) return this.grow(map, [[key, [item]]], 1);
      return this.replace(this.slotOf(map, pair), [item], 1);
    }
    const last = list.items.at(-1) as Node;
    const end = endOf(this.text, list.flow ? last : list);
    if (list.flow) return this.push(end, end, this.flowGap(last.range![0]) + flowText(item));
    const at = this.lines.end(end);
    const gap = this.isSpaced(list.items as Node[]) ? this.lines.eol + this.lines.eol : this.lines.eol;
    this.push(at, at, gap + blockItem(item, { ...this.style(list), indent: indentOf(list) }));
  }

  /** Writes another text in place of a plain value or key. */
  retext(node: Node, text: string): void {
    this.push(node.range![0], node.range![1], text);
  }

  /** The collected changes in the order of the text; no two touch. */
  edits(): TextEdit[] {
    const sorted = [...this.collected, ...rescuedAliases(this.document, this.gone)].sort(
      (a, b) => a.from - b.from || a.to - b.to,
    );
    const merged: TextEdit[] = [];
    for (const edit of sorted) {
      const last = merged.at(-1);
      if (last && last.to === edit.from) {
        merged[merged.length - 1] = { from: last.from, to: edit.to, text: last.text + edit.text };
      } else if (last && last.to > edit.from) throw new InputError('two changes of the file meet in one place');
      else merged.push(edit);
    }
    return merged.filter(({ from, to, text }) => this.text.slice(from, to) !== text);
  }

  private change(slot: Slot, value: unknown, open: number): void {
    const { node } = slot;
    if (node && sameValue(this.valueOf(node), value)) return;
    if (node && !isRepeated(this.document, node)) {
      if (isMap(node) && isRecord(value)) {
        const kept = node.items.filter((pair) => value[keyOf(pair) ?? ''] !== undefined);
        if (kept.length > 0) return this.changeFields(node, value, open - 1);
      }
      if (isSeq(node) && Array.isArray(value) && value.length === node.items.length) {
        return node.items.forEach((item, i) => {
          this.change({ pair: null, node: item as Node, flow: true, indent: indentOf(node) }, value[i], 0);
        });
      }
    }
    this.replace(slot, value, open);
  }

  private changeFields(map: Node, value: Readonly<Record<string, unknown>>, open: number): void {
    if (!isMap(map)) return;
    const has = (pair: Pair) => value[keyOf(pair) ?? ''] !== undefined;
    for (const pair of map.items.filter(has)) this.change(this.slotOf(map, pair), value[keyOf(pair)!], open);
    const added = Object.entries(value).filter((field) => isDefined(field) && !pairOf(map, field[0]));
    if (added.length > 0) this.grow(map, added, open, map.items.findLast(has));
    const dropped = map.items.filter((pair) => !has(pair));
    if (dropped.length > 0) this.shrink(map, new Set(dropped));
  }

  /** Adds keys behind the last one that stays. */
  private grow(map: Node, fields: readonly (readonly [string, unknown])[], open: number, last = lastPair(map)): void {
    if (isFlow(map)) {
      const texts = fields.map(flowField);
      if (!last) {
        const at = map.range![0] + 1;
        return this.push(at, at, ` ${texts.join(', ')}${this.text[at] === '}' ? ' ' : ''}`);
      }
      const end = pairEnd(this.text, last);
      const gap = this.flowGap(pairStart(last));
      return this.push(end, end, texts.map((text) => gap + text).join(''));
    }
    const style = this.style(map);
    const at = this.lines.end(pairEnd(this.text, last!));
    const lead = this.lines.eol + ' '.repeat(style.indent);
    const blank = map === this.root && this.isSpaced(mapPairs(map).map(({ key }) => key as Node)) ? this.lines.eol : '';
    const texts = fields.map((field) => blank + lead + blockField(field, style, open));
    this.push(at, at, texts.join(''));
  }

  private shrink(map: Node, dropped: ReadonlySet<Pair>): void {
    const pairs = mapPairs(map);
    for (const [i, pair] of pairs.entries()) {
      if (!dropped.has(pair)) continue;
      const [from, to] = isFlow(map) ? this.flowExtent(pairs, i, dropped) : this.linesOf(pair);
      this.gone.push([pairStart(pair), pairEnd(this.text, pair)]);
      if (from < to) this.push(from, to, '');
    }
  }

  /** With the comma that goes too: the one behind it, or of what stands last the one before. */
  private flowExtent(pairs: readonly Pair[], i: number, dropped: ReadonlySet<Pair>): [number, number] {
    const start = pairStart(pairs[i]!);
    const next = pairs[i + 1];
    if (next && pairs.slice(i + 1).some((pair) => !dropped.has(pair))) return [start, pairStart(next)];
    const before = pairs[i - 1];
    return [before ? pairEnd(this.text, before) : start, pairEnd(this.text, pairs[i]!)];
  }

  private linesOf(pair: Pair): [number, number] {
    return this.lines.whole(pairStart(pair), pairEnd(this.text, pair));
  }

  /** Writes a value anew, with its anchor and tag gone. */
  private replace({ pair, node, flow, indent }: Slot, value: unknown, open: number): void {
    if (node && !isEmpty(node)) this.gone.push([node.range![0], endOf(this.text, node)]);
    if (!pair) {
      const from = node!.range![0];
      return this.push(from, endOf(this.text, node!), flowText(value));
    }
    const style = { indent, step: this.step, eol: this.lines.eol };
    const text = flow ? ` ${flowText(value)}` : blockValue(value, style, open);
    const colon = colonEnd(pair);
    const isLong = text.startsWith(this.lines.eol);
    const comment = keyCommentEnd(pair);
    if (isEmpty(node)) {
      const at = isLong ? (comment ?? this.lines.end(colon)) : colon;
      return this.push(at, at, hasColon(pair) ? text : `:${text}`);
    }
    const end = endOf(this.text, node!);
    if (isBlock(node) && comment !== undefined) {
      if (isLong) return this.push(comment, end, text);
      this.push(colon, colon, text);
      return this.push(comment, end, '');
    }
    // In braces the value may begin on another line, or close to the colon.
    const from = flow ? valueStart(pair) : colon;
    this.push(from, end, flow ? text.slice(1) : text);
  }

  private slotOf(map: Node, pair: Pair): Slot {
    return { pair, node: pair.value as Node | null, flow: isFlow(map), indent: indentOf(map) };
  }

  private style(node: Node): BlockStyle {
    return { indent: indentOf(node), step: this.step, eol: this.lines.eol };
  }

  private push(from: number, to: number, text: string): void {
    this.collected.push({ from, to, text });
  }

  /** What comes between two entries in brackets: a new line where the one before began one. */
  private flowGap(start: number): string {
    const lead = this.lines.lead(start);
    return lead === null ? ', ' : `,${this.lines.eol}${lead}`;
  }

  /** Whether the last two of these have an empty line between them. */
  private isSpaced(nodes: readonly Node[]): boolean {
    const [before, last] = nodes.slice(-2);
    return before !== undefined && last !== undefined && this.lines.isSpaced(before.range![0], last.range![0]);
  }
}

function mapPairs(map: Node): readonly Pair[] {
  return isMap(map) ? map.items : [];
}

function lastPair(map: Node): Pair | undefined {
  return mapPairs(map).at(-1);
}

/** Columns by which the file indents. */
function stepOf(root: Node | null): number {
  for (const { value } of root ? mapPairs(root) : []) {
    if (isNode(value) && isMap(value) && isBlock(value)) return indentOf(value) - indentOf(root!);
  }
  return 2;
}
