import assert from 'node:assert/strict';
import { advantagesOf, isIdle, lossOfAnswer } from '../../../src/core/train/grpoLoss';

const close = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 1e-5, `${value}, ${expected}`);

describe('group relative advantages', () => {
  it('rewards less their mean, over their deviation', () => {
    // mean 0.25; squares 3·0.0625 + 0.5625 = 0.75; deviation √(0.75/3) = 0.5
    const [first, ...others] = advantagesOf([1, 0, 0, 0]) as [number, ...number[]];
    close(first, 0.75 / 0.500001);
    others.forEach((advantage) => close(advantage, -0.25 / 0.500001));
  });

  it('a group without differences has none', () => {
    assert.deepEqual(advantagesOf([1, 1, 1]), [0, 0, 0]);
    assert.deepEqual(advantagesOf([0, 0]), [0, 0]);
    assert.ok(isIdle([0.5, 0.5]) && !isIdle([0, 1]));
  });
});

describe('the loss of an answer', () => {
  const log = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);
  const settings = { clip: 0.2, kl: 0 };

  it('on policy: −A per token, weighted', () => {
    const current = log(0.5, 0.25);
    const answer = { advantage: 1.5, weight: 1 / 8, current, old: current, reference: null };
    const { loss, coefficients, kl } = lossOfAnswer(answer, settings);
    close(loss, -(2 * 1.5) / 8);
    assert.deepEqual([...coefficients], [-0.1875, -0.1875]);
    assert.equal(kl, 0);
  });

  it('a ratio past the clip no longer pays, on the side that the advantage pushes to', () => {
    // Ratios 1.5 and 0.5.
    const [current, old] = [log(0.6, 0.2), log(0.4, 0.4)];
    const better = lossOfAnswer({ advantage: 2, weight: 1, current, old, reference: null }, settings);
    close(better.loss, -(1.2 * 2 + 0.5 * 2));
    close(better.coefficients[0]!, 0);
    close(better.coefficients[1]!, -0.5 * 2);
    const worse = lossOfAnswer({ advantage: -2, weight: 1, current, old, reference: null }, settings);
    close(worse.loss, 1.5 * 2 + 0.8 * 2);
    close(worse.coefficients[0]!, 1.5 * 2);
    close(worse.coefficients[1]!, 0);
  });

  it('the divergence is the k3 estimate, and pulls back to the start', () => {
    const [current, reference] = [log(0.5), log(0.25)];
    const answer = { advantage: 0, weight: 0.5, current, old: current, reference };
    const { loss, kl, coefficients } = lossOfAnswer(answer, { clip: 0.2, kl: 0.1 });
    const k3 = 0.5 - Math.log(0.5) - 1;
    close(kl, k3);
    close(loss, 0.5 * 0.1 * k3);
    close(coefficients[0]!, 0.5 * 0.1 * (1 - 0.5));
  });

  it('its coefficients are its slopes', () => {
    const [current, old, reference] = [log(0.5, 0.3), log(0.45, 0.33), log(0.4, 0.5)];
    const lossAt = (own: Float32Array) =>
      lossOfAnswer({ advantage: -0.7, weight: 0.3, current: own, old, reference }, { clip: 0.2, kl: 0.5 });
    const { coefficients } = lossAt(current);
    current.forEach((value, t) => {
      const moved = (by: number) => current.map((own, i) => (i === t ? value + by : own));
      const slope = (lossAt(moved(1e-2)).loss - lossAt(moved(-1e-2)).loss) / 2e-2;
      assert.ok(Math.abs(slope - coefficients[t]!) < 1e-4, `${slope}, ${coefficients[t]}`);
    });
  });
});
