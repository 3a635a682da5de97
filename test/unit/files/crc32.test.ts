import assert from 'node:assert/strict';
import { crc32 } from '../../../src/core/files/crc32';

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
    assert.equal(crc32(new Uint8Array()), 0);
  });
});
