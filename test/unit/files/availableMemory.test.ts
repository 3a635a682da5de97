import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { availableMemory, fileBytes } from '../../../src/core/files/availableMemory';

describe('available memory', () => {
  it('is no less than what Node says, and no more than there is', () => {
    const available = availableMemory();
    assert.ok(available >= 0.9 * process.availableMemory() && available <= totalmem(), String(available));
  });

  it('pages of files count as free, whether they were read of late or not', () => {
    const statistics =
      'anon 500\nfile 9000\nkernel 70\ninactive_file 6000\nactive_file 2500\nworkingset_active_file 1\n';
    assert.equal(fileBytes(statistics), 8500);
    assert.equal(fileBytes('total_rss 5\n'), 0);
  });
});
