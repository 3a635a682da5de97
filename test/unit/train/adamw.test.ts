import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AdamW, clipScale, gradientNorm } from '../../../src/core/train/adamw';
import { readTensors } from '../../harness/oracle';

const oracle = 'test/fixtures/oracle/tied-f32';
const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** PyTorch's torch.optim.AdamW in float64, the formulas written out. */
function reference(weight: number, gradients: readonly number[], rate: number, decay: number): number {
  let [w, m, v] = [weight, 0, 0];
  gradients.forEach((g, i) => {
    w -= rate * decay * w;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w -= (rate * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
  });
  return w;
}

describe('AdamW', () => {
  it('one step is that of PyTorch, tensor by tensor', () => {
    const golden = readTensors(`${oracle}/gradients.safetensors`) as Map<string, Float32Array>;
    const start = readTensors(`${oracle}/checkpoint/model.safetensors`) as Map<string, Float32Array>;
    const { adamw } = JSON.parse(readFileSync(`${oracle}/gradients.json`, 'utf8')) as {
      adamw: { lr: number; betas: [number, number]; eps: number; weight_decay: number; gradient: string };
    };
    const names = [...golden.keys()].flatMap((name) => /^adamw\.after\.(.*)$/.exec(name)?.[1] ?? []);
    assert.equal(names.length, 13);
    const parameters = { values: start, trained: new Set(names) };
    const [beta1, beta2] = adamw.betas;
    const optimiser = new AdamW(parameters, { beta1, beta2, epsilon: adamw.eps, weightDecay: adamw.weight_decay });
    const gradients = new Map(names.map((name) => [name, golden.get(`${adamw.gradient}.grad.${name}`)!]));
    optimiser.update(gradients, adamw.lr, 1, () => true);
    for (const name of names) {
      const [own, expected] = [start.get(name)!, golden.get(`adamw.after.${name}`)!];
      own.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= 1e-6, `${name}[${i}]`));
    }
  });

  it('many steps follow the formulas, bias correction and decay included', () => {
    const gradients = Array.from({ length: 50 }, (_, i) => Math.sin(i) + 0.2);
    const values = new Map([['w', Float32Array.of(0.7)]]);
    const optimiser = new AdamW({ values, trained: new Set(['w']) }, { ...settings, weightDecay: 0.1 });
    for (const g of gradients) optimiser.update(new Map([['w', Float32Array.of(g)]]), 0.01, 1, () => true);
    assert.ok(Math.abs(values.get('w')![0]! - reference(0.7, gradients, 0.01, 0.1)) < 1e-5);
  });

  it('touches neither what is frozen nor what took no part, decay included', () => {
    const values = new Map(['trained', 'frozen', 'unseen'].map((name) => [name, Float32Array.of(1)]));
    const optimiser = new AdamW({ values, trained: new Set(['trained', 'unseen']) }, { ...settings, weightDecay: 0.5 });
    const gradients = new Map([...values.keys()].map((name) => [name, Float32Array.of(1)]));
    optimiser.update(gradients, 0.1, 1, (name) => name !== 'unseen');
    assert.deepEqual([...values.get('frozen')!, ...values.get('unseen')!], [1, 1]);
    assert.ok(values.get('trained')![0]! < 0.9);
    assert.deepEqual(
      [...optimiser.moments].map(([name, { updates }]) => [name, updates]),
      [
        ['trained', 1],
        ['unseen', 0],
      ],
    );
  });

  it('the norm is over all tensors, and larger gradients are scaled down to the limit', () => {
    assert.equal(gradientNorm([Float32Array.of(3), Float32Array.of(0, 4)]), 5);
    assert.equal(gradientNorm([Float32Array.of(3e38, 3e38)]) > 4e38, true);
    assert.ok(Number.isNaN(gradientNorm([Float32Array.of(NaN, 1)])));
    assert.equal(gradientNorm([Float32Array.of(Infinity)]), Infinity);
    assert.equal(clipScale(5, undefined), 1);
    assert.equal(clipScale(5, 10), 1);
    assert.ok(Math.abs(clipScale(5, 1) - 0.2) < 1e-6);
  });
});
