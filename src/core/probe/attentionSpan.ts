import type { AttentionSpan } from '../../shared/vocabulary';

/** Tokens `[from, to)` of an answer. */
export interface TokenSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The tokens of an answer whose attention counts: all of them, those inside `<think>…</think>` or those inside the last
 * `<answer>…</answer>`, tags excluded. Tags may be cut into tokens anyhow: a token counts when one of its characters
 * lies between the tags. An answer that was cut short before the closing tag counts to its end.
 * @param tokens without a stop token
 * @param decode tokens to text
 * @returns null when there is no such span, or nothing in it
 */
export async function findSpan(
  tokens: readonly number[],
  span: AttentionSpan,
  decode: (tokens: readonly number[]) => Promise<string>,
): Promise<TokenSpan | null> {
  if (tokens.length === 0) return null;
  const whole = { from: 0, to: tokens.length };
  if (span === 'generated') return whole;
  const text = await decode(tokens);
  const inside = span === 'think' ? thinkSpan(text) : answerSpan(text);
  if (!inside || inside.from >= inside.to) return null;

  /** Characters that the first `count` tokens settle: half a character decodes to something else than the whole. */
  const settled = async (count: number) => commonPrefix(await decode(tokens.slice(0, count)), text);
  /** The fewest tokens that settle `characters` of the text. */
  const tokensFor = async (characters: number) => {
    let [low, high] = [0, tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((await settled(middle)) >= characters) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const before = await tokensFor(inside.from);
  const straddles = before > 0 && (await settled(before)) > inside.from;
  const closed = inside.to < text.length;
  return { from: straddles ? before - 1 : before, to: closed ? await tokensFor(inside.to) : tokens.length };
}

interface TextSpan {
  readonly from: number;
  readonly to: number;
}

/** Some templates write the opening tag into the prompt: then thoughts begin with the answer. */
function thinkSpan(text: string): TextSpan | null {
  const open = text.indexOf('<think>');
  const close = text.indexOf('</think>', open + 1);
  if (open < 0 && close < 0) return null;
  return { from: open < 0 ? 0 : open + '<think>'.length, to: close < 0 ? text.length : close };
}

function answerSpan(text: string): TextSpan | null {
  const lastClose = text.lastIndexOf('</answer>');
  const closed = lastClose < 0 ? -1 : text.lastIndexOf('<answer>', lastClose);
  const open = closed < 0 ? text.lastIndexOf('<answer>') : closed;
  if (open < 0) return null;
  const close = text.indexOf('</answer>', open);
  return { from: open + '<answer>'.length, to: close < 0 ? text.length : close };
}

function commonPrefix(a: string, b: string): number {
  const longest = Math.min(a.length, b.length);
  let length = 0;
  while (length < longest && a[length] === b[length]) length++;
  return length;
}
