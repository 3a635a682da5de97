import assert from 'node:assert/strict';
import { advantagesOf, isIdle, lossOfAnswer, tokenWeight } from '../../../src/core/train/grpoLoss';
import { namedRandom } from '../../../src/core/statistics/namedRandom';
import { grpoVariants, type GrpoVariant } from '../../../src/shared/trainResults';

const close = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 1e-5, `${value}, ${expected}`);

describe('group relative advantages', () => {
  it('rewards less their mean, over their deviation', () => {
    // mean 0.25; squares 3·0.0625 + 0.5625 = 0.75; deviation √(0.75/3) = 0.5
    const [first, ...others] = advantagesOf([1, 0, 0, 0], 'grpo') as [number, ...number[]];
    close(first, 0.75 / 0.500001);
    others.forEach((advantage) => close(advantage, -0.25 / 0.500001));
  });

  it('a group without differences has none', () => {
    for (const variant of grpoVariants) {
      assert.deepEqual(advantagesOf([1, 1, 1], variant), [0, 0, 0]);
      assert.deepEqual(advantagesOf([0, 0], variant), [0, 0]);
    }
    assert.ok(isIdle([0.5, 0.5]) && !isIdle([0, 1]));
  });
});

describe('the loss of an answer', () => {
  const log = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);
  const settings = { variant: 'grpo', clip: 0.2, kl: 0 } as const;

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
    assert.equal(better.clipped, 1);
    const worse = lossOfAnswer({ advantage: -2, weight: 1, current, old, reference: null }, settings);
    close(worse.loss, 1.5 * 2 + 0.8 * 2);
    close(worse.coefficients[0]!, 1.5 * 2);
    close(worse.coefficients[1]!, 0);
  });

  it('the divergence is the k3 estimate, and pulls back to the start', () => {
    const [current, reference] = [log(0.5), log(0.25)];
    const answer = { advantage: 0, weight: 0.5, current, old: current, reference };
    const { loss, kl, coefficients } = lossOfAnswer(answer, { ...settings, kl: 0.1 });
    const k3 = 0.5 - Math.log(0.5) - 1;
    close(kl, k3);
    close(loss, 0.5 * 0.1 * k3);
    close(coefficients[0]!, 0.5 * 0.1 * (1 - 0.5));
  });

  it('its coefficients are its slopes', () => {
    const [current, old, reference] = [log(0.5, 0.3), log(0.45, 0.33), log(0.4, 0.5)];
    const lossAt = (own: Float32Array) =>
      lossOfAnswer({ advantage: -0.7, weight: 0.3, current: own, old, reference }, { ...settings, kl: 0.5 });
    const { coefficients } = lossAt(current);
    current.forEach((value, t) => {
      const moved = (by: number) => current.map((own, i) => (i === t ? value + by : own));
      const slope = (lossAt(moved(1e-2)).loss - lossAt(moved(-1e-2)).loss) / 2e-2;
      assert.ok(Math.abs(slope - coefficients[t]!) < 1e-4, `${slope}, ${coefficients[t]}`);
    });
  });
});

describe('the loss of a batch, held against the papers’ formulas in float64', () => {
  const [clip, beta, mostTokens] = [0.2, 0.05, 12];
  const random = namedRandom(3, 'answers');
  const uniform = (from: number, to: number) => from + (to - from) * random();
  /** Two groups of four answers of different lengths; ratios lie on both sides of the clip. */
  const groups = [
    [1, 0, 0, 1],
    [0, 0, 0, 1],
  ].map((rewards) =>
    rewards.map((reward, i) => {
      const drawn = (from: number, to: number) =>
        Float32Array.from({ length: 2 + Math.floor(10 * random()) }, () => uniform(from, to));
      const old = drawn(-3, -0.1);
      const drift = i % 2 === 0 ? 0.4 : -0.4;
      const moved = (by: number) => old.map((value) => value + drift + uniform(-by, by));
      return { reward, old, current: moved(0.3), reference: moved(0.3) };
    }),
  );
  type Answer = (typeof groups)[number][number];
  const answers = groups.flat();

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const clamp = (ratio: number) => Math.max(1 - clip, Math.min(1 + clip, ratio));
  const surrogate = (ratio: number, advantage: number) => Math.min(ratio * advantage, clamp(ratio) * advantage);
  const k3 = (current: number, reference: number) => Math.exp(reference - current) - (reference - current) - 1;
  /** Schulman's estimate of each token. */
  const divergences = ({ reference }: Answer, current: readonly number[]) =>
    current.map((own, t) => k3(own, reference[t]!));
  const ratios = ({ old }: Answer, current: readonly number[]) => current.map((own, t) => Math.exp(own - old[t]!));
  const baseline = (group: readonly Answer[]) => mean(group.map(({ reward }) => reward));
  const deviation = (group: readonly Answer[]) =>
    Math.sqrt(sum(group.map(({ reward }) => (reward - baseline(group)) ** 2)) / (group.length - 1));

  /** What an answer adds to the objective, before it is divided by the number of answers. */
  const objectives: Record<
    GrpoVariant,
    (group: readonly Answer[], answer: Answer, current: readonly number[]) => number
  > = {
    grpo: (group, answer, current) => {
      const advantage = (answer.reward - baseline(group)) / (deviation(group) + 1e-6);
      const divergence = divergences(answer, current);
      return mean(ratios(answer, current).map((ratio, t) => surrogate(ratio, advantage) - beta * divergence[t]!));
    },
    'dr-grpo': (group, answer, current) => {
      const advantage = answer.reward - baseline(group);
      const divergence = divergences(answer, current);
      const tokens = ratios(answer, current).map((ratio, t) => surrogate(ratio, advantage) - beta * divergence[t]!);
      return sum(tokens) / mostTokens;
    },
    gspo: (group, answer, current) => {
      const advantage = (answer.reward - baseline(group)) / (deviation(group) + 1e-6);
      const likelihood = (values: Iterable<number>) =>
        [...values].reduce((product, value) => product * Math.exp(value), 1);
      const ratio = (likelihood(current) / likelihood(answer.old)) ** (1 / current.length);
      return surrogate(ratio, advantage) - beta * mean(divergences(answer, current));
    },
  };

  for (const variant of grpoVariants) {
    it(`${variant}: loss, divergence and the slope along every token`, () => {
      const objective = objectives[variant];
      let [loss, expected, clipped] = [0, 0, 0];
      for (const group of groups) {
        const advantages = advantagesOf(
          group.map(({ reward }) => reward),
          variant,
        );
        group.forEach((answer, i) => {
          const { old, current, reference } = answer;
          const weight = tokenWeight(variant, answers.length, current.length, mostTokens);
          const scored = { advantage: advantages[i]!, weight, current, old, reference };
          const found = lossOfAnswer(scored, { variant, clip, kl: beta });
          loss += found.loss;
          clipped += found.clipped;
          expected -= objective(group, answer, [...current]) / answers.length;
          assert.ok(Math.abs(found.kl - mean(divergences(answer, [...current]))) < 1e-12);
          current.forEach((_, t) => {
            const at = (by: number) =>
              -objective(
                group,
                answer,
                [...current].map((own, other) => (other === t ? own + by : own)),
              ) / answers.length;
            const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert.ok(Math.abs(slope - found.coefficients[t]!) < 1e-7, `${slope}, ${found.coefficients[t]}`);
          });
        });
      }
      assert.ok(Math.abs(loss - expected) < 1e-12, `${loss}, ${expected}`);
      const tokens = sum(answers.map(({ current }) => current.length));
      assert.ok(clipped > 0 && clipped < tokens, `${clipped} of ${tokens} are clipped`);
    });
  }
});
