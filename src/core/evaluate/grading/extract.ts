/** Finds the answer in what a model wrote. Runs in the engine too, on anybody's text: every step takes linear time. */
import { boxedWords, plainNotation, plainWords, withoutWordBoxes } from './notation';

/** Characters at the end of a text that are looked at. */
const lengthLimit = 20_000;
/** Characters of an answer that is a text without any mark. */
const shortLimit = 120;
/** Characters of a formula. */
const formulaLimit = 1000;

/** Where an answer was found. `marked` answers were named as such by the model. */
export interface Found {
  readonly text: string;
  readonly where: 'tag' | 'box' | 'phrase' | 'whole' | 'last';
}

/**
 * What is taken for the answer: what stands in the last `<answer>…</answer>`; else in the last `\boxed{}` (several
 * that are joined by commas or "and" are one list); else after "the answer is", "answer:" or "####"; else the whole of
 * a short text; else its last formula or number. Null where there is nothing of these.
 */
export function extractAnswer(text: string): Found | null {
  const spoken = withoutThoughts(text);
  const tagged = taggedAnswer(spoken);
  if (tagged !== null) {
    const inner = tagged === '' ? null : (markedIn(tagged)?.text ?? mathIn(tagged) ?? tagged);
    return inner === null ? null : { text: inner, where: 'tag' };
  }
  const marked = markedIn(spoken);
  if (marked) return marked;
  const whole = spoken.trim();
  if (isDirect(whole)) return { text: whole, where: 'whole' };
  const last = formulas(whole).at(-1);
  return last === undefined ? null : { text: last, where: 'last' };
}

/** What a model says after its thoughts; all of it where there are none, or nothing after them. */
export function withoutThoughts(text: string): string {
  const end = text.lastIndexOf('</think>');
  const spoken = end < 0 ? text : text.slice(end + '</think>'.length);
  return (spoken.trim() === '' ? text : spoken).slice(-lengthLimit);
}

/** The content of the last pair of tags; null without one. */
export function taggedAnswer(text: string): string | null {
  const lower = text.toLowerCase();
  const end = lower.lastIndexOf('</answer>');
  const start = end < 0 ? -1 : lower.lastIndexOf('<answer>', end);
  return start < 0 ? null : text.slice(start + '<answer>'.length, end).trim();
}

/** Whether two answers are the same words. `\text{13}` says that it is no number. */
export function sameText(a: string, b: string): boolean {
  // Layout may take room, but an answer that is many times as long is another one.
  if (Math.abs(a.length - b.length) > 4 * Math.min(a.length, b.length) + 200) return false;
  const isWordedNumber = (text: string) => /^[\d.,+-]+$/.test(boxedWords(plainNotation(text)) ?? '');
  const words = plainWords(a);
  return words !== '' && words === plainWords(b) && isWordedNumber(a) === isWordedNumber(b);
}

function markedIn(text: string): Found | null {
  const boxed = lastBoxes(text);
  if (boxed !== null) return { text: boxed, where: 'box' };
  const clause = answerClause(text);
  if (clause === null) return null;
  return { text: isDirect(clause) ? clause : (stated(clause) ?? clause), where: 'phrase' };
}

/** The formula that a sentence begins with, or that something in it is: "the largest $n$ is 34". */
function stated(clause: string): string | undefined {
  const verb = [...clause.matchAll(/\b(?:is|are|equals)\b/g)].at(-1);
  const after = verb ? formulas(clause.slice(verb.index))[0] : undefined;
  return after ?? formulas(clause)[0];
}

/** The formula in a sentence that is not itself an answer. */
function mathIn(text: string): string | null {
  return isDirect(text) ? null : (formulas(text).at(-1) ?? null);
}

interface Box {
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

const percentSign = /^[\s$]*(?:\\?%|(?:percent(?:age)?|pct)(?![a-z]))/i;
const joint = /^(?:\s|[,;$]|\\[()[\],; ]|\\q?quad|\\text\s*\{\s*,?\s*(?:and|or)\s*\}|and|or)*$/;

function lastBoxes(text: string): string | null {
  const boxes = [...text.matchAll(/\\[bf]?box(?:ed)?\s*(?=[{\d])/g)].flatMap((match) => boxAt(text, match) ?? []);
  const outer = boxes.filter((box) => !boxes.some((other) => other.start < box.start && box.end <= other.end));
  const last = outer.at(-1);
  if (!last) return null;
  let first = outer.length - 1;
  while (first > 0 && joint.test(text.slice(outer[first - 1]!.end, outer[first]!.start).slice(0, 60))) first--;
  const percent = percentSign.test(text.slice(last.end, last.end + 20)) ? '%' : '';
  const contents = outer.slice(first).map(({ content }) => content);
  return contents.join(', ') + percent;
}

function boxAt(text: string, match: RegExpMatchArray): Box | null {
  const open = match.index! + match[0].length;
  if (!/^\\(?:boxed|fbox|box)/.test(match[0])) return null;
  if (text[open] !== '{') return { start: match.index!, end: open + 1, content: text[open]! };
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) {
      return { start: match.index!, end: i + 1, content: text.slice(open + 1, i).trim() };
    }
  }
  return null;
}

const phrase = /\banswer\**\s*(?:is|are|would be|must be|=|:)\s*(?:therefore|thus)?[\s:*]*|####\s*/gi;

/** What follows the last "the answer is", "answer:" or "####", to the end of its sentence. */
export function answerClause(text: string): string | null {
  const last = [...text.matchAll(phrase)].at(-1);
  if (!last) return null;
  const rest = text.slice(last.index + last[0].length).trimStart();
  // A display formula may begin on the next line and take several.
  const display = /^(\$\$|\\\[)([\s\S]{1,2000}?)(?:\$\$|\\\])/.exec(rest);
  if (display) return display[2]!.trim();
  const line = rest.split('\n', 1)[0]!;
  const sentence = /^.*?(?=[.!?](?:\s|$|\*\*))/.exec(line)?.[0];
  const clause = (sentence === undefined || /^\(?[A-Za-z]\)?$/.test(sentence.trim()) ? line : sentence).trim();
  return clause === '' ? null : clause.replace(/\*\*/g, '').trim();
}

const numberWithMinus =
  /(?<![\w.)\]}])-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:\/\d+)?|\.\d+)(?:\s?\\?%|°|(?!\d|[.,]\d))/g;
const formula = /\$\$([^$]+)\$\$|\$([^$\n]+)\$|\\\(([^\n]+?)\\\)|\\\[([\s\S]+?)\\\]|\\frac\s*\{[^{}]*\}\s*\{[^{}]*\}/g;

const environmentOrCommand = /\\(?:begin|end|text|mathrm)\s*\{[^{}]*\}|\\[a-z]+/gi;

/** Formulas in dollars or brackets, and numbers outside them, in order. */
function formulas(text: string): string[] {
  const found: { start: number; end: number; content: string }[] = [];
  for (const match of text.matchAll(formula)) {
    const content = (match.slice(1).find((group) => group !== undefined) ?? match[0]).trim();
    // Two amounts of money are no formula: "$5 and then $6".
    const isMoney =
      match[2] !== undefined && /[a-z]{4,}|\b(?:and|or|to|is|for)\s*$/.test(content.replace(environmentOrCommand, ''));
    if (content !== '' && !isMoney) found.push({ start: match.index, end: match.index + match[0].length, content });
  }
  const formulasAlone = [...found];
  for (const match of text.matchAll(numberWithMinus)) {
    const isInside = formulasAlone.some(({ start, end }) => match.index >= start && match.index < end);
    if (!isInside) found.push({ start: match.index, end: match.index + match[0].length, content: match[0] });
  }
  return found.sort((a, b) => a.start - b.start).map(({ content }) => content);
}

/** An answer alone, not a sentence around one: words without any number, or a formula with few words. */
function isDirect(text: string): boolean {
  if (text === '' || text.length > formulaLimit || text.includes('\n\n')) return false;
  if (/^[^$\\=]*[a-zA-Z]{2,}[^$\\=]*(?:\$|\\[([])/.test(text)) return false; // words before a formula
  const plain = withoutWordBoxes(text).replace(/\\[a-zA-Z]+/g, ' ');
  const words = plain.match(/(?<![\w\\])[a-zA-Z]{2,}(?![\w(])/g) ?? [];
  if (!/\d|\\[a-zA-Z(]|[=<>^]/.test(text)) return text.length <= shortLimit && !/[.!?]\s+[A-Z]/.test(text);
  return words.length <= (/^[\s$(\\[{+-]*[\d\\]/.test(text) ? 3 : 1);
}
