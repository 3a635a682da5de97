import assert from 'node:assert/strict';
import { findSpan } from '../../../src/core/probe/attentionSpan';
import type { AttentionSpan } from '../../../src/shared/vocabulary';

/** The span in tokens that decode to the given pieces of text, or of its bytes. */
async function spanOf(pieces: readonly (string | Uint8Array)[], span: AttentionSpan) {
  const bytes = pieces.map((piece) => Buffer.from(piece as string));
  const decode = (tokens: readonly number[]) =>
    Promise.resolve(new TextDecoder().decode(Buffer.concat(tokens.map((token) => bytes[token]!))));
  const found = await findSpan(
    pieces.map((_, i) => i),
    span,
    decode,
  );
  return found && [found.from, found.to];
}

const byteByByte = (text: string) => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));

describe('findSpan', () => {
  const plain = ['<think>', 'red', ' 3', '</think>', '<answer>', '3', '</answer>'];

  it('takes all, what is thought, or what is answered', async () => {
    assert.deepEqual(await spanOf(plain, 'generated'), [0, 7]);
    assert.deepEqual(await spanOf(plain, 'think'), [1, 3]);
    assert.deepEqual(await spanOf(plain, 'answer'), [5, 6]);
  });

  it('finds tags that are cut anyhow', async () => {
    const pieces = ['<', 'think', '>\n', 'red', '.</', 'think', '><ans', 'wer', '>3<', '/answer', '>'];
    assert.deepEqual(await spanOf(pieces, 'think'), [2, 5], 'tokens with a character between the tags');
    assert.deepEqual(await spanOf(pieces, 'answer'), [8, 9]);
  });

  it('finds them where characters are cut', async () => {
    const text = '<think>é猫😀</think><answer>😀</answer>';
    const at = (part: string) => Buffer.byteLength(text.slice(0, text.indexOf(part)));
    const pieces = byteByByte(text);
    assert.deepEqual(await spanOf(pieces, 'think'), [7, at('</think>')]);
    assert.deepEqual(await spanOf(pieces, 'answer'), [at('<answer>') + 8, at('</answer>')]);
  });

  it('goes to the end of an answer that was cut short', async () => {
    assert.deepEqual(await spanOf(['<think>', 'red', ' 3', ''], 'think'), [1, 4]);
    assert.deepEqual(await spanOf([...plain.slice(0, 5), '3', '4'], 'answer'), [5, 7]);
  });

  it('begins with the answer where the prompt opened the tag', async () => {
    assert.deepEqual(await spanOf(['red', ' 3', '</think>', '3'], 'think'), [0, 2]);
  });

  it('takes the last answer that was closed', async () => {
    const pieces = ['<answer>', '1', '</answer>', 'no ', '<answer>', '2', '</answer>', ' <answer>'];
    assert.deepEqual(await spanOf(pieces, 'answer'), [5, 6]);
  });

  it('is null where there is none, or nothing in it', async () => {
    assert.equal(await spanOf(['3'], 'think'), null);
    assert.equal(await spanOf(['</answer>'], 'answer'), null);
    assert.equal(await spanOf(['<think>', '</think>'], 'think'), null);
    assert.equal(await spanOf(['<think', '></', 'think>'], 'think'), null);
    assert.equal(await spanOf(['<think>'], 'think'), null);
    assert.equal(await spanOf([], 'generated'), null);
  });
});
