import assert from 'node:assert/strict';
import { deviceError } from '../../../src/engine/deviceError';

describe('deviceError', () => {
  it('says what failed, why, and what to do about it', () => {
    const of = (said: string) => deviceError('webgpu could not run the graph "decoder"', new Error(said)).message;
    const where = '/onnxruntime/core/providers/webgpu/webgpu_context.cc:99 operator() status == ok was false. ';
    assert.equal(
      of(`${where}Failed to allocate 2 GB`),
      'webgpu could not run the graph "decoder": Failed to allocate 2 GB. The device has too little memory for this: ' +
        'close what else uses it, lower "batch", or choose the device cpu',
    );
    for (const said of [
      'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.',
      'Buffer size (2147483648) exceeds the max buffer size limit (1073741824).',
    ]) {
      assert.match(of(said), /too little memory/);
    }
    assert.match(of('Device is lost'), /: Device is lost\. The driver took the device away: what is finished is kept/);
    assert.match(of('no kernel'), /: no kernel\. Choose the device cpu, or update the driver$/);
  });
});
