import assert from 'node:assert/strict';
import { NotFiniteError } from '../../src/core/model/notFinite';
import { assertProcessor, insteadOf } from '../../src/engine/devices';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { DeviceError } from '../../src/shared/errors';
import type { DeviceChoice } from '../../src/shared/vocabulary';

describe('devices', () => {
  const choose = (device: DeviceChoice) => ({ device, threads: 1 });
  const half = new OrtRuntime('webgpu', 1, 'float16');

  it('what overflowed in float16 is computed again in float32 on the same device, also where that was named', () => {
    const instead = insteadOf(half, new NotFiniteError(), choose('webgpu'))!;
    assert.deepEqual([instead.runtime.device, instead.runtime.products], ['webgpu', 'float32']);
    assert.equal(instead.how, 'on webgpu in float32');
    assert.equal(insteadOf(instead.runtime, new NotFiniteError(), choose('webgpu')), undefined);
  });

  it('where a GPU fails only auto goes on, on the CPU', () => {
    const failure = new DeviceError('out of memory');
    assert.equal(insteadOf(half, failure, choose('auto'))!.runtime.device, 'cpu');
    assert.equal(insteadOf(half, failure, choose('webgpu')), undefined);
    assert.equal(insteadOf(half, new Error('a defect'), choose('auto')), undefined);
  });

  it('what only the CPU can do refuses another device that is named', () => {
    for (const device of ['auto', 'cpu'] as const) assertProcessor(choose(device), 'compare computes');
    assert.throws(
      () => assertProcessor(choose('webgpu'), 'compare computes'),
      /^Error: compare computes on the CPU only, not on webgpu: choose the device auto or cpu$/,
    );
  });
});
