const quote = 0x22;
const backslash = 0x5c;
const newline = 0x0a;
const nothing = Buffer.from('null');
const strangers = ['-Infinity', 'Infinity', 'NaN'].map((word) => Buffer.from(word));

/**
 * JSON as Python writes it, made JSON: NaN and the infinities, which it writes bare, become null. Texts stay as they are;
 * a line with an open quote spoils no other.
 */
export function withoutNaN(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (strangers.every((word) => !source.includes(word))) return bytes;
  const parts: Uint8Array[] = [];
  let from = 0;
  let inText = false;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at]!;
    if (byte === newline) inText = false;
    else if (byte === quote) inText = !inText;
    else if (inText && byte === backslash) at++;
    else if (!inText) {
      const word = strangers.find(({ length }, i) => strangers[i]!.equals(source.subarray(at, at + length)));
      if (!word) continue;
      parts.push(source.subarray(from, at), nothing);
      from = at + word.length;
      at = from - 1;
    }
  }
  return Buffer.concat([...parts, source.subarray(from)]);
}
