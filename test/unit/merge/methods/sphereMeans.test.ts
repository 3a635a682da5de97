import assert from 'node:assert/strict';
import { assertClose, dot, family, merge, minus, norm, numbers } from './mergeTensors';

/** With the step in the tangent space written out. */
function barycentre(vectors: readonly number[][], weights: readonly number[]): number[] {
  const units = vectors.map((v) => v.map((x) => x / norm(v)));
  const mean = units[0]!.map((_, i) => weights.reduce((s, w, k) => s + w * units[k]![i]!, 0));
  const m = mean.map((x) => x / norm(mean));
  const tangent = m.map((x, i) => weights.reduce((s, w, k) => s + w * (units[k]![i]! - dot(units[k]!, m) * x), 0));
  const angle = norm(tangent) + 1e-8;
  const length = weights.reduce((s, w, k) => s + w * norm(vectors[k]!), 0);
  return m.map((x, i) => length * (x * Math.cos(angle) + (tangent[i]! * Math.sin(angle)) / angle));
}

describe('multislerp', () => {
  const tensors = [numbers(20, 1), numbers(20, 2), numbers(20, 3)];
  const models = [{ weight: 1 }, { weight: 2 }, { weight: 1 }];

  it('agrees with the way over the tangent space', () => {
    assertClose(merge('multislerp', { tensors, models }), barycentre(tensors, [0.25, 0.5, 0.25]), 1e-7);
    assertClose(
      merge('multislerp', { tensors, models, parameters: { normalize_weights: false } }),
      barycentre(tensors, [1, 2, 1]),
      1e-7,
    );
  });

  it('merges updates where there is a base', () => {
    const near = family(20, 3);
    const updates = near.tensors.map((tensor) => minus(tensor, near.base));
    const expected = barycentre(updates, [0.25, 0.5, 0.25]);
    assertClose(
      merge('multislerp', { ...near, models }),
      near.base.map((x, i) => x + expected[i]!),
      1e-7,
    );
  });

  it('is linear between two opposite ones, and has no mean of more that cancel out', () => {
    const [a] = tensors as [number[]];
    const twiceBack = a.map((x) => -2 * x);
    const two = [{ weight: 1 }, { weight: 1 }];
    assertClose(
      merge('multislerp', { tensors: [a, twiceBack], models: two }),
      a.map((x) => -x / 2),
    );
    const balanced = [a, twiceBack, a];
    const weights = [{ weight: 1 }, { weight: 2 }, { weight: 1 }];
    assert.throws(() => merge('multislerp', { tensors: balanced, models: weights }), /cancel out/);
  });

  it('refuses weights that add up to 0', () => {
    const zero = [{ weight: 1 }, { weight: 1 }, { weight: -2 }];
    assert.throws(() => merge('multislerp', { tensors, models: zero }), /add up to 0/);
  });
});

describe('karcher', () => {
  it('of two models is half way along the arc', () => {
    const [a, b] = [numbers(16, 8), numbers(16, 9)];
    const unit = (v: number[]): number[] => v.map((x) => x / norm(v));
    const middle = unit(unit(a).map((x, i) => x + unit(b)[i]!));
    const length = (norm(a) + norm(b)) / 2;
    assertClose(
      merge('karcher', { tensors: [a, b] }),
      middle.map((x) => length * x),
      1e-9,
    );
  });

  it('of three is where their logarithms add up to zero', () => {
    const tensors = [numbers(16, 8), numbers(16, 9), numbers(16, 10)];
    const merged = merge('karcher', { tensors, parameters: { max_iter: 100, tol: 1e-9 } });
    const length = tensors.reduce((s, v) => s + norm(v), 0) / 3;
    assert.ok(Math.abs(norm(merged) - length) < 1e-9);
    const u = merged.map((x) => x / length);
    const logs = tensors.map((v) => {
      const cosine = dot(u, v) / norm(v);
      const factor = Math.acos(cosine) / Math.sin(Math.acos(cosine));
      return v.map((x, i) => factor * (x / norm(v) - cosine * u[i]!));
    });
    assert.ok(norm(u.map((_, i) => logs.reduce((s, log) => s + log[i]!, 0))) < 1e-8);
  });

  it('stops after max_iter', () => {
    const tensors = [numbers(16, 8), numbers(16, 9), numbers(16, 10)];
    const units = tensors.map((v) => v.map((x) => x / norm(v)));
    const start = units[0]!.map((_, i) => units.reduce((s, u) => s + u[i]!, 0));
    const length = tensors.reduce((s, v) => s + norm(v), 0) / 3;
    assertClose(
      merge('karcher', { tensors, parameters: { max_iter: 0 } }),
      start.map((x) => (length * x) / norm(start)),
    );
  });

  it('has a length from zero models too, and a value for opposite ones', () => {
    const a = numbers(16, 8);
    const zeros = a.map(() => 0);
    assertClose(
      merge('karcher', { tensors: [a, zeros] }),
      a.map((x) => x / 2),
    );
    assertClose(merge('karcher', { tensors: [zeros, zeros] }), zeros);
    assertClose(merge('karcher', { tensors: [a, a.map((x) => -x)] }), a);
  });
});
