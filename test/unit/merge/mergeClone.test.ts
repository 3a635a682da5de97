/** Shards that begin as clones of a donor's file: the same bytes as those written whole, and only the rest is written. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { openCheckpoint, type Checkpoint } from '../../../src/core/checkpoint/checkpoint';
import { diskOperations, type FileOperations } from '../../../src/core/files/fileOperations';
import { composeHybrid } from '../../../src/core/merge/hybrid';
import { planMerge, type MergePlan } from '../../../src/core/merge/mergePlan';
import { MergeWriter } from '../../../src/core/merge/mergeWriter';
import { resolveTransplant, type TransplantSpec } from '../../../src/core/merge/transplant';
import { refusingDisk } from '../../harness/refusingDisk';
import { sha256 } from '../../harness/sha256';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { seededUniform } from '../../../src/core/statistics/random';
import { normals, writeWeights, type Weights } from '../../harness/weights';

const folder = temporaryFolders();
const numLayers = 4;
const file = 'model.safetensors';
const never = new AbortController().signal;

/** Norms of 2 kB, matrices of 64 kB; the norms come first, as the reference writer sorts them inside most shards. */
function weights(seed: number, first: readonly number[] = [512]): Record<string, Weights> {
  const random = seededUniform(seed);
  const tensor = (...shape: number[]): Weights => {
    return {
      dtype: 'F32',
      shape,
      values: normals(
        shape.reduce((a, b) => a * b),
        1,
        random,
      ),
    };
  };
  const layers = Array.from({ length: numLayers }, (_, l) => `model.layers.${l}`);
  return {
    'model.layers.0.input_layernorm.weight': tensor(...first),
    ...Object.fromEntries(layers.slice(1).map((layer) => [`${layer}.input_layernorm.weight`, tensor(512)])),
    ...Object.fromEntries(layers.map((layer) => [`${layer}.mlp.up_proj.weight`, tensor(128, 128)])),
    'model.embed_tokens.weight': tensor(64, 512),
  };
}

/** A checkpoint whose header is padded as the reference writer does it. */
function write(tensors: Record<string, Weights>): string {
  const place = writeWeights(folder(), tensors, { layers: numLayers });
  const bytes = readFileSync(path.join(place, file));
  const end = 8 + Number(bytes.readBigUInt64LE());
  const padding = Buffer.alloc(-end & 7, ' ');
  bytes.writeBigUInt64LE(BigInt(end - 8 + padding.length));
  writeFileSync(path.join(place, file), Buffer.concat([bytes.subarray(0, end), padding, bytes.subarray(end)]));
  return place;
}

async function plan(spec: TransplantSpec, folders: Record<string, string>): Promise<MergePlan> {
  const donors = new Map<string, Checkpoint>();
  for (const [name, place] of Object.entries(folders)) donors.set(name, await openCheckpoint(place));
  const depths = { numLayers, visionLayers: 0, regions: null };
  const hybrid = composeHybrid('h', resolveTransplant(spec, depths as never), donors);
  return planMerge(hybrid, donors.get(hybrid.skeleton)!, null);
}

/** A file system with reflinks, as far as a caller can see; counts the bytes that are written to it. */
function cloningDisk(disk: FileOperations = diskOperations) {
  const counted = { clones: 0, written: 0 };
  const operations: FileOperations = {
    ...disk,
    clone: async (from, to) => {
      counted.clones++;
      await copyFile(from, to);
    },
    write: async (handle, bytes, position) => {
      const count = await disk.write(handle, bytes, position);
      counted.written += count;
      return count;
    },
  };
  return Object.assign(counted, { operations });
}

async function merge(planned: MergePlan, operations: FileOperations, output = path.join(folder(), 'out')) {
  const writer = new MergeWriter(planned, output, operations);
  await writer.check();
  let reported = 0;
  await writer.exclusively(() => writer.finish(never, (count) => (reported += count)));
  assert.equal(reported, planned.bytes);
  assert.deepEqual(readdirSync(path.dirname(output)), [path.basename(output)], 'nothing is left beside it');
  return path.join(output, file);
}

/** The written file, read anew: every tensor its donor's, and hashes in the metadata. */
async function assertWritten(written: string, planned: MergePlan): Promise<void> {
  const { tensors, warnings } = await openCheckpoint(path.dirname(written)); // refuses holes and overlaps
  assert.deepEqual([warnings, [...tensors.keys()].sort()], [[], [...planned.hybrid.tensors.keys()].sort()]);
  for (const [name, { path: own, offset, length, dtype, shape }] of tensors) {
    const donor = planned.hybrid.tensors.get(name)!;
    const bytes = readFileSync(donor.path).subarray(donor.offset, donor.offset + donor.length);
    assert.ok(
      readFileSync(own)
        .subarray(offset, offset + length)
        .equals(bytes),
      name,
    );
    assert.deepEqual([dtype, shape, offset % 8], [donor.dtype, donor.shape, 0], name);
  }
  const bytes = readFileSync(written);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE()))) as {
    __metadata__: Record<string, string>;
  };
  const hashes = [...planned.hybrid.donorShards].map(([donor, shards]) => {
    return [donor, Object.fromEntries(shards.map((shard) => [shard.file, sha256(shard.path)]))];
  });
  assert.deepEqual(JSON.parse(header.__metadata__['frankenstein.donors']!), Object.fromEntries(hashes));
}

describe('a shard that is mostly one donor’s file', () => {
  const spec = { skeleton: 'a', layers: { 3: 'b' } };
  const two = () => ({ a: write(weights(1)), b: write(weights(2)) });

  it('is its clone: the header takes the room of small tensors, and only what differs is written', async () => {
    const folders = two();
    const planned = await plan(spec, folders);
    const disk = cloningDisk();
    const written = await merge(planned, disk.operations);
    await assertWritten(written, planned);
    assert.equal(disk.clones, 1);
    const own = (await openCheckpoint(path.dirname(written))).tensors;
    const like = (await openCheckpoint(folders.a)).tensors;
    const staying = [...own].filter(([name, { offset }]) => like.get(name)!.offset === offset);
    assert.ok(staying.length < own.size && staying.length > 5, `${staying.length} of ${own.size} stay in their places`);
    const matrix = 128 * 128 * 4;
    assert.ok(disk.written > matrix && disk.written < 2 * matrix, `${disk.written} bytes were written`);
  });

  it('the same bytes where the file system cannot clone, stops midway, or is this one', async () => {
    const planned = await plan(spec, two());
    const cloned = sha256(await merge(planned, cloningDisk().operations));
    const cannot = refusingDisk({ at: 1, only: 'clone', code: 'ENOTSUP' });
    assert.equal(sha256(await merge(planned, cannot)), cloned);
    assert.ok(cannot.refused);
    const half = async (from: string, to: string) => {
      await copyFile(from, to);
      truncateSync(to, 1000);
      chmodSync(to, 0o444);
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    assert.equal(sha256(await merge(planned, { ...diskOperations, clone: half })), cloned);
    assert.equal(sha256(await merge(planned, diskOperations)), cloned);
  });

  it('of a read-only file: the output is not', async () => {
    const folders = two();
    for (const place of Object.values(folders)) chmodSync(path.join(place, file), 0o444);
    const planned = await plan(spec, folders);
    const disk = cloningDisk();
    const written = await merge(planned, disk.operations);
    assert.equal(disk.clones, 1);
    assert.equal(statSync(written).mode, statSync(path.join(path.dirname(written), 'README.md')).mode);
    await assertWritten(written, planned);
  });

  it('another donor’s than the skeleton’s, whose tensors stand in another order', async () => {
    const shuffled = Object.entries(weights(2)).reverse();
    shuffled.sort(([, one], [, other]) => one.values.length - other.values.length);
    const planned = await plan(
      { skeleton: 'a', layers: { '0-3': 'b' } },
      { a: write(weights(1)), b: write(Object.fromEntries(shuffled)) },
    );
    assert.equal(planned.shards[0]!.base, planned.hybrid.donorShards.get('b')![0]!.path);
    const disk = cloningDisk();
    await assertWritten(await merge(planned, disk.operations), planned);
    assert.equal(disk.clones, 1);
  });

  it('a merge of a merge, whose header has room', async () => {
    const folders = two();
    const first = path.dirname(await merge(await plan(spec, folders), cloningDisk().operations));
    const planned = await plan({ skeleton: 'c', layers: { 0: 'b' } }, { c: first, b: folders.b });
    assert.ok(planned.shards[0]!.base?.startsWith(first));
    await assertWritten(await merge(planned, cloningDisk().operations), planned);
  });

  it('every failure of the disk: nothing under the final name, and taken up to the same bytes', async () => {
    const planned = await plan(spec, two());
    assert.ok(planned.shards[0]!.base !== null);
    const whole = sha256(await merge(planned, cloningDisk().operations));
    let at = 1;
    for (let refused = true; refused; at++) {
      const output = path.join(folder(), 'out');
      const dying = refusingDisk({ at, forever: true });
      const writer = new MergeWriter(planned, output, cloningDisk(dying).operations);
      await writer.exclusively(() => writer.finish(never, () => undefined)).catch(() => undefined);
      refused = dying.refused;
      assert.ok(refused ? !existsSync(path.join(output, file)) || sha256(path.join(output, file)) === whole : true);
      if (refused && !existsSync(output)) {
        assert.equal(sha256(await merge(planned, cloningDisk().operations, output)), whole, `refused call ${at}`);
      }
    }
    assert.ok(at > 15, `${at} calls`);
  });

  it('what was begun from other weights is not taken up', async () => {
    const folders = two();
    const output = path.join(folder(), 'out');
    const begun = await plan(spec, folders);
    assert.ok(begun.shards[0]!.base !== null);
    const writer = new MergeWriter(begun, output, cloningDisk().operations);
    await writer.exclusively(() => writer.writeShard(begun.shards[0]!, never, () => undefined));
    writeFileSync(path.join(folders.b, file), readFileSync(path.join(write(weights(3)), file)));
    const planned = await plan(spec, folders);
    await assertWritten(await merge(planned, cloningDisk().operations, output), planned);
  });

  it('a donor that changes while it is cloned', async () => {
    const folders = two();
    const planned = await plan(spec, folders);
    writeFileSync(path.join(folders.a, file), readFileSync(path.join(write(weights(3)), file)));
    const output = path.join(folder(), 'out');
    await assert.rejects(merge(planned, cloningDisk().operations, output), /was changed while it was being merged/);
    assert.ok(!existsSync(output));
  });

  it('a merge that is cancelled before it clones, and while', async () => {
    const planned = await plan(spec, two());
    for (const when of ['before', 'while'] as const) {
      const controller = new AbortController();
      const disk = cloningDisk();
      const clone: FileOperations['clone'] = async (from, to) => {
        await disk.operations.clone(from, to);
        controller.abort();
      };
      if (when === 'before') controller.abort();
      const output = path.join(folder(), 'out');
      const writer = new MergeWriter(planned, output, { ...disk.operations, clone });
      await assert.rejects(
        writer.exclusively(() => writer.finish(controller.signal, () => undefined)),
        /abort/,
      );
      assert.deepEqual([disk.clones, existsSync(output)], [when === 'before' ? 0 : 1, false]);
    }
  });
});

describe('a shard that no donor’s file is near to is written whole', () => {
  async function assertWhole(planned: MergePlan): Promise<void> {
    const disk = cloningDisk();
    await assertWritten(await merge(planned, disk.operations), planned);
    assert.deepEqual([planned.shards[0]!.base, disk.clones], [null, 0]);
    assert.ok(planned.shards[0]!.tensors.every(({ begin }, i, all) => i === 0 || begin > all[i - 1]!.begin));
  }

  it('where the first tensor is too large to make room', async () => {
    const large = [600, 512];
    await assertWhole(
      await plan({ skeleton: 'a', layers: { 3: 'b' } }, { a: write(weights(1, large)), b: write(weights(2)) }),
    );
  });

  it('where no file gives half of the bytes', async () => {
    const folders = { a: write(weights(1)), b: write(weights(2)), c: write(weights(3)) };
    await assertWhole(await plan({ skeleton: 'a', layers: { '0-2': 'b', '2-4': 'c' } }, folders));
  });

  it('where the file holds more than the shard', async () => {
    const { 'model.embed_tokens.weight': embeddings, ...rest } = weights(2);
    const more = { ...rest, 'lm_head.weight': embeddings!, 'model.embed_tokens.weight': embeddings! };
    await assertWhole(await plan({ skeleton: 'a', layers: { '0-4': 'b' } }, { a: write(weights(1)), b: write(more) }));
  });
});
