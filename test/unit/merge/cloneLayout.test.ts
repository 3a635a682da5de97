import assert from 'node:assert/strict';
import type { HeaderTensor } from '../../../src/core/checkpoint/safetensorsHeader';
import { layOutAsClone, mainDonor } from '../../../src/core/merge/cloneLayout';
import type { PlannedTensor, ShardContent } from '../../../src/core/merge/mergePlan';
import { headerOf } from '../../../src/core/merge/shardHeader';

const names = (i: number) => `model.layers.${i}.weight`;

/** Tensors one after the other, of so many bytes each. */
function fileOf(start: number, lengths: readonly number[]): HeaderTensor[] {
  let offset = start;
  return lengths.map((length, i) => {
    const tensor = { name: names(i), dtype: 'U8' as const, shape: [length], offset, length };
    offset += length;
    return tensor;
  });
}

/** A shard of tensors of those files, laid out from 0. */
function shardOf(...given: readonly (readonly [path: string, HeaderTensor])[]): ShardContent {
  let end = 0;
  const tensors = given.map(([path, from], i): PlannedTensor => {
    const rest = { canonicalName: names(i), part: null, layer: null, component: null, file: path, path };
    const begin = end;
    end += from.length;
    return { name: names(i), donor: path, from: { ...from, ...rest }, begin };
  });
  return { file: 'model.safetensors', tensors, metadata: {}, length: end };
}

const whole = (path: string, tensors: readonly HeaderTensor[]) => shardOf(...tensors.map((t) => [path, t] as const));

/** Names in the order of their places, which must cover the data without a hole; and the first byte of data. */
function placesOf(shard: ShardContent, base: string, slots: readonly HeaderTensor[]) {
  const planned = layOutAsClone(shard, {}, base, slots);
  if (!planned) return null;
  const sorted = [...planned.tensors].sort((a, b) => a.begin - b.begin);
  let covered = 0;
  for (const { begin, from } of sorted) {
    assert.equal(begin, covered);
    covered += from.length;
  }
  assert.equal(covered, shard.length);
  assert.deepEqual(
    planned.tensors.map(({ name }) => name),
    shard.tensors.map(({ name }) => name),
    'the order of the names stays',
  );
  assert.equal(headerOf(planned, {}, planned.headerLength).length, planned.headerLength);
  return { order: sorted.map(({ name }) => Number(/\d+/.exec(name)![0])), start: planned.headerLength };
}

describe('layOutAsClone', () => {
  const large = 1 << 16;

  it('a header that fits before the data is padded; a longer one takes the room of the first tensors', () => {
    const sizes = [200, 200, large, large];
    const needed = headerOf(whole('a', fileOf(0, sizes)), {}).length;
    const at = (start: number) => {
      const slots = fileOf(start, sizes);
      return placesOf(whole('a', slots), 'a', slots);
    };
    assert.deepEqual(at(needed), { order: [0, 1, 2, 3], start: needed });
    assert.deepEqual(at(needed + 80), { order: [0, 1, 2, 3], start: needed + 80 });
    assert.deepEqual(at(needed - 80), { order: [1, 2, 3, 0], start: needed + 120 });
    assert.deepEqual(at(needed - 240), { order: [2, 3, 0, 1], start: needed + 160 });
  });

  it('offsets with more digits that no longer fit: one tensor more makes room', () => {
    const sizes = [40, 40, 40, 40, large * 2000];
    const needed = headerOf(whole('a', fileOf(0, sizes)), {}).length;
    const slots = fileOf(needed - 40, sizes);
    const { order, start } = placesOf(whole('a', slots), 'a', slots)!;
    assert.deepEqual(order, [2, 3, 4, 0, 1], '40 bytes were lacking, but 0 and 40 have become nine digits each');
    assert.equal(start, needed + 40);
  });

  it('data stays aligned, or is not laid out so', () => {
    const sizes = [203, 205, large, large];
    const needed = headerOf(whole('a', fileOf(0, sizes)), {}).length;
    const slots = fileOf(needed - 200, sizes);
    assert.equal(placesOf(whole('a', slots), 'a', slots), null, 'a moved tensor would end at an odd byte');
    const odd = fileOf(needed + 3, [200, 200, large]);
    assert.equal(placesOf(whole('a', odd), 'a', odd), null, 'the data begins at an odd byte');
    const end = fileOf(needed + 5, [203, 200, large + 1]);
    assert.equal(placesOf(whole('a', end), 'a', end), null, 'the file ends at an odd byte');
  });

  it('tensors of other files take places of their size; without one there is no layout', () => {
    const slots = fileOf(1000, [large, 800, large, 800]);
    const others = fileOf(64, [800, large]);
    const mixed = shardOf(['a', slots[2]!], ['b', others[0]!], ['b', others[1]!], ['a', slots[3]!]);
    assert.deepEqual(placesOf(mixed, 'a', slots)!.order, [2, 1, 0, 3]);
    const larger = fileOf(64, [808]);
    assert.equal(
      placesOf(shardOf(['a', slots[0]!], ['b', larger[0]!], ['a', slots[2]!], ['a', slots[3]!]), 'a', slots),
      null,
    );
    assert.equal(placesOf(shardOf(['a', slots[0]!], ['a', slots[1]!], ['a', slots[2]!]), 'a', slots), null, 'too few');
    assert.equal(placesOf(whole('a', slots), 'a', slots.slice(0, 3)), null, 'too many');
    const changed = fileOf(1000, [large, 800, large, 808]);
    assert.equal(placesOf(whole('a', slots), 'a', changed), null, 'the file is no longer the one that was opened');
  });

  it('a tied matrix as embedding and head: it stands in its place once', () => {
    const slots = fileOf(1000, [large, large, 800]);
    const tied = shardOf(['a', slots[0]!], ['a', slots[0]!], ['a', slots[2]!]);
    assert.deepEqual(placesOf(tied, 'a', slots)!.order, [0, 1, 2]);
  });

  it('no more than 1 MiB and a hundredth is padded', () => {
    const sizes = (first: number, rest: number) => [first, rest];
    const at = (first: number, rest: number) => {
      const needed = headerOf(whole('a', fileOf(0, sizes(first, rest))), {}).length;
      const slots = fileOf(needed - 8, sizes(first, rest));
      return placesOf(whole('a', slots), 'a', slots);
    };
    const mib = 1 << 20;
    assert.deepEqual(at(mib, 200 * mib)?.order, [1, 0]);
    assert.equal(at(mib + 16, 200 * mib), null);
    assert.equal(at(mib, 90 * mib), null);
  });
});

describe('mainDonor', () => {
  it('the file that gives half of the bytes', () => {
    const [a, b] = [fileOf(0, [100, 50]), fileOf(0, [100, 50])];
    assert.equal(mainDonor(shardOf(['a', a[0]!], ['b', b[1]!])), 'a');
    assert.equal(mainDonor(shardOf(['b', b[0]!], ['a', a[0]!])), 'b', 'the first of two');
    assert.equal(mainDonor(shardOf(['a', a[0]!], ['b', b[0]!], ['c', b[1]!])), null);
    assert.equal(mainDonor(shardOf()), null);
  });
});
