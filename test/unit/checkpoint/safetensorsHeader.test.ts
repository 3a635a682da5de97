import assert from 'node:assert/strict';
import fc from 'fast-check';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  bitsOf,
  defaultHeaderLimit,
  largestHeaderLimit,
  readSafetensorsHeader,
  type Dtype,
  type SafetensorsHeader,
} from '../../../src/core/checkpoint/safetensorsHeader';
import { writeSafetensors } from '../../../src/core/checkpoint/writeSafetensors';
import type { RegularFile } from '../../../src/core/files/containedFile';
import { openRegularFile } from '../../../src/core/files/containedFile';
import { InputError } from '../../../src/shared/errors';
import { readTensors } from '../../harness/oracle';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

/** A file in memory: properties try thousands. */
function inMemory(bytes: Uint8Array): RegularFile {
  const read = (offset: number, length: number) => {
    if (offset + length > bytes.length) throw new InputError('x ends too early');
    return Promise.resolve(Uint8Array.from(bytes.subarray(offset, offset + length)));
  };
  return { size: bytes.length, shown: 'x', read } as unknown as RegularFile;
}

async function headerOf(file: string, headerLimit?: number): Promise<SafetensorsHeader> {
  const opened = await openRegularFile(file);
  try {
    return await readSafetensorsHeader(opened, headerLimit === undefined ? {} : { headerLimit });
  } finally {
    await opened.close();
  }
}

function fileOf(header: string, dataSize: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataSize)]);
}

const dtypes: Dtype[] = ['BOOL', 'U8', 'F8_E4M3', 'F16', 'BF16', 'I32', 'F32', 'F64', 'C64'];
const tensor = fc.record({
  name: fc.string({ unit: 'grapheme' }).filter((name) => !name.includes('\0') && name !== '__metadata__'),
  dtype: fc.constantFrom(...dtypes),
  shape: fc.array(fc.nat(4), { maxLength: 4 }),
});
const metadata = fc.dictionary(fc.string(), fc.string());
const valid = fc.record({
  tensors: fc.uniqueArray(tensor, { selector: ({ name }) => name }),
  metadata,
  order: fc.nat(),
});

/** The file that a writer makes of them: bytes in one order, names in another. */
function written({
  tensors,
  metadata: entries,
  order,
}: {
  tensors: { name: string; dtype: Dtype; shape: number[] }[];
  metadata: Record<string, string>;
  order: number;
}) {
  let end = 0;
  const placed = tensors.map(({ name, dtype, shape }) => {
    const length = (shape.reduce((a, b) => a * b, 1) * bitsOf(dtype)) / 8;
    end += length;
    return { name, dtype, shape, begin: end - length, length };
  });
  const rotated = [...placed.slice(order % (placed.length || 1)), ...placed.slice(0, order % (placed.length || 1))];
  const fields = rotated.map(({ name, dtype, shape, begin, length }) => {
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, begin + length] })}`;
  });
  const bytes = fileOf(`{"__metadata__":${JSON.stringify(entries)}${fields.map((f) => `,${f}`).join('')}}`, end);
  return { bytes, placed, dataStart: bytes.length - end };
}

describe('safetensors headers', () => {
  it('any valid header is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(valid, async (content) => {
        const { bytes, placed, dataStart } = written(content);
        const header = await readSafetensorsHeader(inMemory(bytes));
        assert.deepEqual(Object.fromEntries(header.metadata), { ...content.metadata });
        const byName = new Map(header.tensors.map((entry) => [entry.name, entry]));
        assert.equal(byName.size, placed.length);
        for (const { name, dtype, shape, begin, length } of placed) {
          assert.deepEqual(byName.get(name), { name, dtype, shape, offset: dataStart + begin, length });
        }
      }),
    );
  });

  it('any bytes are read or refused in one line', async () => {
    const check = async (bytes: Uint8Array) => {
      try {
        await readSafetensorsHeader(inMemory(bytes));
      } catch (error) {
        assert.ok(error instanceof InputError, (error as Error).stack);
        assert.match(error.message, /^x: [^\n]+$/);
        assert.ok(error.message.length < 500);
      }
    };
    await fc.assert(fc.asyncProperty(fc.uint8Array(), check));
    await fc.assert(fc.asyncProperty(fc.json(), fc.nat(20), (text, size) => check(fileOf(text, size))));
    const flipped = fc.tuple(valid, fc.nat(), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(flipped, async ([content, position, byte]) => {
        const { bytes } = written(content);
        bytes[position % bytes.length] = byte;
        await check(bytes);
      }),
    );
  });

  it('every cut of a file is refused', async () => {
    const tensors = [
      { name: 'a', dtype: 'F32' as const, shape: [2] },
      { name: 'b', dtype: 'BF16' as const, shape: [3] },
    ];
    const { bytes } = written({ tensors, metadata: { format: 'pt' }, order: 1 });
    for (let size = 0; size < bytes.length; size++) {
      await assert.rejects(readSafetensorsHeader(inMemory(bytes.subarray(0, size))), InputError, `cut at ${size}`);
    }
    assert.equal((await readSafetensorsHeader(inMemory(bytes))).tensors.length, 2);
  });

  it('the limit of the header is exact, and nobody raises it above that of the reference', async () => {
    const padded = (length: number) => fileOf('{}' + ' '.repeat(length - 2), 0);
    await readSafetensorsHeader(inMemory(padded(1000)), { headerLimit: 1000 });
    await assert.rejects(readSafetensorsHeader(inMemory(padded(1001)), { headerLimit: 1000 }), {
      message: 'x: the header claims 1001 bytes, more than the 1000 that are read',
    });
    // 07b_len_exact_100e6_ok of the table of verdicts.
    const file = path.join(folder(), 'x.safetensors');
    writeFileSync(file, padded(largestHeaderLimit));
    assert.deepEqual((await headerOf(file, Infinity)).tensors, []);
    await assert.rejects(headerOf(file), { message: new RegExp(`more than the ${defaultHeaderLimit} that are read$`) });
    const oneMore = Buffer.alloc(8);
    oneMore.writeBigUInt64LE(BigInt(largestHeaderLimit + 1));
    writeFileSync(file, oneMore);
    truncateSync(file, largestHeaderLimit + 9);
    await assert.rejects(headerOf(file, Infinity), /more than the 100000000 that are read$/);
  });

  it('knows the fields that a later version may add, and warns', async () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1],"compression":{"kind":["zstd"]}}';
    const { warnings, tensors } = await readSafetensorsHeader(inMemory(fileOf(`{"w":${entry}}`, 1)));
    assert.deepEqual(warnings, ['x: unknown field "compression", first in tensor "w"']);
    assert.equal(tensors.length, 1);
  });

  it('tensors larger than 4 GiB keep their offsets', async () => {
    const file = path.join(folder(), 'x.safetensors');
    const size = 2 ** 33 + 2;
    const header = JSON.stringify({
      a: { dtype: 'BF16', shape: [size / 2], data_offsets: [0, size] },
      b: { dtype: 'U8', shape: [1], data_offsets: [size, size + 1] },
    });
    writeFileSync(file, fileOf(header, 0));
    const start = 8 + header.length;
    truncateSync(file, start + size + 1); // sparse
    const { tensors } = await headerOf(file);
    assert.deepEqual(
      tensors.map(({ offset, length }) => [offset, length]),
      [
        [start, size],
        [start + size, 1],
      ],
    );
  });
});

describe('writeSafetensors', () => {
  it('writes what the reader reads, the data from a multiple of 8 on', async () => {
    const file = path.join(folder(), 'x.safetensors');
    await writeSafetensors(file, [
      { name: 'ids', dtype: 'I32', shape: [3], data: Int32Array.of(1, -2, 2 ** 31 - 1) },
      { name: 'part', dtype: 'F32', shape: [2, 1], data: new Float32Array([0, 1.5, -0, 9]).subarray(1, 3) },
      { name: 'none', dtype: 'F32', shape: [0], data: new Float32Array(0) },
    ]);
    const { tensors } = await headerOf(file);
    assert.equal(tensors[0]!.offset % 8, 0);
    const read = readTensors(file);
    assert.deepEqual([...read.keys()], ['ids', 'part', 'none']);
    assert.deepEqual(read.get('ids'), Int32Array.of(1, -2, 2 ** 31 - 1));
    assert.deepEqual(read.get('part'), Float32Array.of(1.5, -0));
  });
});
