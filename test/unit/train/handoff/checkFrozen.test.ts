import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../../../src/core/checkpoint/checkpoint';
import { compareWithStart, checkHandoff } from '../../../../src/core/train/handoff/checkFrozen';
import { sampleLab } from '../../../harness/experimentFile';
import { refuses } from '../../../harness/refuses';
import { temporaryFolders } from '../../../harness/temporaryFolders';

const folder = temporaryFolders();
const { signal } = new AbortController();
const start = path.join(sampleLab, 'in');
const frozenName = 'model.layers.11.mlp.up_proj.weight';
const trainedName = 'model.layers.0.mlp.up_proj.weight';

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

/** A copy of the start, its tensors changed: bytes by canonical name, and what the file calls them. */
function copyOf(edit: (header: Header, data: Buffer) => [Header, Buffer]): string {
  const copy = path.join(folder(), 'result');
  cpSync(start, copy, { recursive: true });
  const file = path.join(copy, 'model.safetensors');
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Header;
  const [newHeader, data] = edit(header, Buffer.from(bytes.subarray(8 + length)));
  const text = Buffer.from(JSON.stringify(newHeader));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(file, Buffer.concat([size, text, data]));
  return copy;
}

/** Flips the lowest bit of a tensor's last byte but one: the lowest bit of a bfloat16 number. */
function flip(header: Header, data: Buffer, name: string): void {
  const end = header[name]!.data_offsets[1];
  data[end - 2]! ^= 1;
}

async function compared(result: string) {
  const [from, to] = [await openCheckpoint(start), await openCheckpoint(result)];
  const frozen = new Set([...from.tensors.values()].flatMap((t) => (t.layer === 11 ? [t.canonicalName] : [])));
  return compareWithStart(from, to, frozen, signal);
}

/** Every bfloat16 tensor as float32, which holds the same numbers, under the names of newer transformers. */
function widened(header: Header, data: Buffer): [Header, Buffer] {
  const wide: Header = {};
  const pieces: Buffer[] = [];
  let end = 0;
  for (const [name, { shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const own = data.subarray(...data_offsets);
    const piece = Buffer.alloc(2 * own.length);
    for (let i = 0; i < own.length; i += 2) piece.writeUInt16LE(own.readUInt16LE(i), 2 * i + 2);
    const newName = name.replace(/^model\./, 'model.language_model.').replace(/^visual\./, 'model.visual.');
    wide[newName] = { dtype: 'F32', shape, data_offsets: [end, end + piece.length] };
    end += piece.length;
    pieces.push(piece);
  }
  return [wide, Buffer.concat(pieces)];
}

describe('checking what came back from a cluster', () => {
  it('a trained tensor moved, what is frozen did not', async () => {
    const result = copyOf((header, data) => {
      flip(header, data, trainedName);
      return [header, data];
    });
    const { kept, frozen, trained } = await compared(result);
    assert.equal(kept, true);
    assert.deepEqual([frozen.tensors, frozen.moved, frozen.missing], [12, [], []]);
    assert.deepEqual(frozen.dtypes, { BF16: 12 });
    assert.equal(trained.moved, 1);
    assert.equal(trained.unmoved.length, trained.tensors - 1);
    assert.ok(!trained.unmoved.includes(trainedName));
  });

  it('one bit of a frozen tensor is seen and named', async () => {
    const result = copyOf((header, data) => {
      flip(header, data, frozenName);
      return [header, data];
    });
    const { kept, frozen } = await compared(result);
    assert.equal(kept, false);
    assert.deepEqual(frozen.moved, [frozenName]);
  });

  it('in float32 and under new names the same numbers are the same', async () => {
    const { kept, frozen, trained } = await compared(copyOf(widened));
    assert.equal(kept, true);
    assert.deepEqual(frozen.dtypes, { 'BF16 → F32': 12 });
    assert.equal(trained.moved, 0);
  });

  it('in float32 a number that bfloat16 would round away is seen', async () => {
    const result = copyOf((header, data) => {
      const [wide, bytes] = widened(header, data);
      const [from] = wide['model.language_model.layers.11.mlp.up_proj.weight']!.data_offsets;
      bytes[from]! ^= 1;
      return [wide, bytes];
    });
    const { kept, frozen } = await compared(result);
    assert.equal(kept, false);
    assert.deepEqual(frozen.moved, [frozenName]);
  });

  it('a frozen tensor that is gone is told', async () => {
    const result = copyOf((header, data) => {
      const others = Object.entries(header).filter(([name]) => name !== frozenName);
      return withoutGaps(Object.fromEntries(others), data);
    });
    const { kept, frozen } = await compared(result);
    assert.equal(kept, false);
    assert.deepEqual(frozen.missing, [frozenName]);
  });

  it('the folder finds its start, and another start is refused', async () => {
    const place = folder();
    const names = JSON.stringify({ tensors: [frozenName] });
    writeFileSync(path.join(place, 'frozen.json'), names);
    const relative = path.relative(place, start);
    writeFileSync(path.join(place, 'handoff.json'), JSON.stringify({ start: { name: 'in', path: relative } }));
    const { frozen } = await checkHandoff(place, start, null, signal);
    assert.deepEqual([frozen.tensors, frozen.moved], [1, []]);
    writeFileSync(path.join(place, 'frozen.json'), names.replace('.11.', '.99.'));
    await refuses(checkHandoff(place, start, null, signal), /it is not the start of/);
    writeFileSync(path.join(place, 'frozen.json'), '{');
    await refuses(checkHandoff(place, start, null, signal), /is not what handoff writes/);
    rmSync(place, { recursive: true });
    mkdirSync(place);
    await refuses(checkHandoff(place, start, null, signal), /cannot read/);
  });
});

/** safetensors files have no holes. */
function withoutGaps(header: Header, data: Buffer): [Header, Buffer] {
  const dense: Header = {};
  const pieces: Buffer[] = [];
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const piece = data.subarray(...entry.data_offsets);
    dense[name] = { ...entry, data_offsets: [end, end + piece.length] };
    end += piece.length;
    pieces.push(piece);
  }
  return [dense, Buffer.concat(pieces)];
}
