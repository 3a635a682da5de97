// Cuts the reference gradients of ../shared to what every clone has: `node test/harness/cutGradients.mjs`.
import { Buffer } from 'node:buffer';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

const from = '../shared/oracle/tied-f32/gradients';
const to = 'test/fixtures/oracle/tied-f32/gradients';
const kept = /^(image\.sft\.|text\.weighted\.|(image|text)\.(coefficients|logprobs)$|adamw\.)/;

const bytes = readFileSync(`${from}.safetensors`);
const start = 8 + Number(bytes.readBigUInt64LE(0));
const header = JSON.parse(bytes.subarray(8, start).toString());
const pieces = [];
const cut = {};
let length = 0;
for (const [
  name,
  {
    dtype,
    shape,
    data_offsets: [begin, end],
  },
] of Object.entries(header)) {
  if (!kept.test(name)) continue;
  pieces.push(bytes.subarray(start + begin, start + end));
  cut[name] = { dtype, shape, data_offsets: [length, (length += end - begin)] };
}
const text = Buffer.from(JSON.stringify(cut));
const size = Buffer.alloc(8);
size.writeBigUInt64LE(BigInt(text.length));
writeFileSync(`${to}.safetensors`, Buffer.concat([size, text, ...pieces]));
copyFileSync(`${from}.json`, `${to}.json`);
