import assert from 'node:assert/strict';
import { namedRandom } from '../../../src/core/statistics/namedRandom';

const draw = (seed: number, name: string, count: number): number[] => {
  const random = namedRandom(seed, name);
  return Array.from({ length: count }, random);
};

describe('random numbers of a tensor', () => {
  it('are the same for the same seed and name, others otherwise', () => {
    assert.deepEqual(
      draw(3, 'model.layers.0.mlp.up_proj.weight', 50),
      draw(3, 'model.layers.0.mlp.up_proj.weight', 50),
    );
    const firsts = [draw(3, 'a', 4), draw(3, 'b', 4), draw(4, 'a', 4), draw(3 + 2 ** 32, 'a', 4), draw(3, 'aa', 4)];
    assert.equal(new Set(firsts.flat()).size, 20);
  });

  it('do not change from version to version', () => {
    assert.deepEqual(
      draw(123, 'model.norm.weight', 3).map((x) => x * 2 ** 32),
      [2463438171, 3734782852, 836468768],
    );
  });

  it('are uniform in [0, 1), and do not depend on the one before', () => {
    const count = 200_000;
    const values = draw(1, 'visual.blocks.0.attn.qkv.weight', count);
    assert.ok(values.every((x) => x >= 0 && x < 1));
    const bins = new Array<number>(100).fill(0);
    for (const x of values) bins[Math.floor(100 * x)]!++;
    const chiSquare = bins.reduce((s, n) => s + (n - count / 100) ** 2 / (count / 100), 0);
    assert.ok(chiSquare < 160, `chi-square ${chiSquare} with 99 degrees of freedom`); // p < 1e-4 beyond
    const correlation = values.slice(1).reduce((s, x, i) => s + (x - 0.5) * (values[i]! - 0.5), 0) / count / (1 / 12);
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(count), `correlation ${correlation}`);
  });

  it('of neighbouring seeds and names do not go together', () => {
    const count = 50_000;
    const [a, b, c] = [draw(1, 'layer.1', count), draw(2, 'layer.1', count), draw(1, 'layer.2', count)];
    for (const other of [b, c]) {
      const correlation = a.reduce((s, x, i) => s + (x - 0.5) * (other[i]! - 0.5), 0) / count / (1 / 12);
      assert.ok(Math.abs(correlation) < 5 / Math.sqrt(count), `correlation ${correlation}`);
    }
  });
});
