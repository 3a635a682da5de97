import assert from 'node:assert/strict';
import { planMemory, type MemoryNeed, type MemoryPlace } from '../../../src/core/model/memoryPlan';

const advice = 'Use smaller images.';
/** A model of 14 GB, and 1 GB for each item of a batch of 8. */
const need: MemoryNeed = {
  mapped: 14e9,
  working: 8e9,
  advice,
  batch: { now: 8, working: (batch) => batch * 1e9 },
};
const processor = (available: number): MemoryPlace => ({ device: 'cpu', available, deviceFree: null });
const gpu = (deviceFree: number | null, available = 32e9): MemoryPlace => ({ device: 'cuda', available, deviceFree });

describe('the memory plan', () => {
  it('on the processor the weights may stay in their files', () => {
    assert.equal(planMemory(need, processor(22e9)).verdict, 'fits');
    const slow = planMemory(need, processor(21.9e9));
    assert.deepEqual([slow.verdict, slow.choices], ['slow', [{ kind: 'stream' }]]);
    assert.equal(slow.text, 'needs 8.0 GB beside 14.0 GB of mapped weights; 21.9 GB are free');
    assert.equal(planMemory(need, processor(8e9)).verdict, 'slow');
  });

  it('what does not fit beside them takes a smaller batch, halved until it fits', () => {
    for (const [free, batch] of [
      [7.9e9, 4],
      [3e9, 2],
      [1e9, 1],
    ] as const) {
      const plan = planMemory(need, processor(free));
      assert.deepEqual([plan.verdict, plan.choices], ['tooBig', [{ kind: 'batch', batch }]]);
      assert.equal(plan.mend, `Set "batch" of the step to ${batch}.`);
    }
  });

  it('where no batch fits the advice is left', () => {
    for (const hopeless of [need, { ...need, batch: undefined }]) {
      const { batch, ...rest } = hopeless;
      const plan = planMemory(batch ? { ...rest, batch } : rest, processor(0.9e9));
      assert.deepEqual([plan.verdict, plan.choices, plan.mend], ['tooBig', [], advice]);
    }
  });

  it('on a GPU the weights count, and the processor is the other way out', () => {
    assert.equal(planMemory(need, gpu(22e9)).verdict, 'fits');
    const plan = planMemory(need, gpu(16e9));
    assert.deepEqual([plan.verdict, plan.choices], ['tooBig', [{ kind: 'batch', batch: 2 }, { kind: 'cpu' }]]);
    assert.equal(plan.text, 'needs 22.0 GB on the device cuda, weights included; 16.0 GB are free');
    assert.match(plan.mend, /^Set "batch" of the step to 2\. Or: Choose the device cpu,/);
    assert.deepEqual(planMemory(need, gpu(14.5e9, 1e9)).choices, []);
  });

  it('a device that does not tell what is free is taken at its word later', () => {
    const plan = planMemory(need, { ...gpu(null), device: 'webgpu' });
    assert.deepEqual([plan.verdict, plan.choices], ['fits', []]);
    assert.match(plan.text, /needs 22\.0 GB on the device webgpu, .* does not tell/);
  });
});
