/** ram, model_stock, sce, nearswap and arcee_fusion. */
import assert from 'node:assert/strict';
import { assertClose, dot, family, merge, minus, norm, numbers } from './mergeTensors';

const { base, tensors } = family(60, 3);
const updates = tensors.map((tensor) => minus(tensor, base));

describe('ram', () => {
  const sparse = updates.map((update, k) => update.map((x, i) => ((i + k) % 4 < 2 ? x : 0)));
  const changed = sparse.map((update) => update.map((x, i) => base[i]! + x));
  const counted = (i: number): number[] => sparse.map((u) => u[i]!).filter((x) => Math.abs(x) > 1e-5);

  it('keeps what one model has changed and averages what several have', () => {
    assertClose(
      merge('ram', { base, tensors: changed }),
      base.map((b, i) => {
        const own = counted(i);
        return own.length === 0 ? b : b + own.reduce((s, x) => s + x, 0) / own.length;
      }),
    );
  });

  it('does not see changes up to epsilon', () => {
    const merged = merge('ram', { base: [0, 0, 0], tensors: [[1e-6, 0.4, 0.1], [0.5, 0.2, 0.1]], parameters: { epsilon: 0.1 } }); // prettier-ignore
    assertClose(merged, [0.5, 0.3, 0]);
  });

  it('ramplus_tl strengthens what one model alone has changed', () => {
    const lone = (k: number): number =>
      base.filter((_, i) => counted(i).length === 1 && Math.abs(sparse[k]![i]!) > 1e-5).length;
    const shared = (k: number): number =>
      base.filter((_, i) => counted(i).length > 1 && Math.abs(sparse[k]![i]!) > 1e-5).length;
    const factors = [0, 1, 2].map((k) => 1 + 0.5 * Math.min(shared(k) / lone(k), 0.8));
    assert.ok(lone(0) > 0 && shared(0) > 0);
    assertClose(
      merge('ramplus_tl', { base, tensors: changed, parameters: { r: 0.5, alpha: 0.8 } }),
      base.map((b, i) => {
        const own = counted(i);
        const factor = own.length === 1 ? factors[sparse.findIndex((u) => Math.abs(u[i]!) > 1e-5)]! : 1;
        return own.length === 0 ? b : b + (factor * own.reduce((s, x) => s + x, 0)) / own.length;
      }),
    );
  });
});

describe('model_stock', () => {
  const stock = (d: readonly number[][], b: readonly number[]): number[] => {
    const pairs = d.flatMap((u, i) => d.slice(i + 1).map((v) => dot(u, v) / (norm(u) * norm(v))));
    const c = pairs.reduce((s, x) => s + x, 0) / pairs.length;
    const t = (d.length * c) / (1 + (d.length - 1) * c);
    return b.map((x, i) => x + (t * d.reduce((s, u) => s + u[i]!, 0)) / d.length);
  };

  it('goes from the base towards the mean by the angle of the updates', () => {
    assertClose(merge('model_stock', { base, tensors }), stock(updates, base));
    assertClose(merge('model_stock', { base, tensors: tensors.slice(0, 2) }), stock(updates.slice(0, 2), base));
  });

  it('has an angle per row with filter_wise', () => {
    const row = (v: readonly number[], r: number): number[] => v.slice(10 * r, 10 * r + 10);
    const rows = [0, 1, 2, 3, 4, 5].flatMap((r) =>
      stock(
        updates.map((u) => row(u, r)),
        row(base, r),
      ),
    );
    assertClose(merge('model_stock', { base, tensors, shape: [6, 10], parameters: { filter_wise: true } }), rows);
  });

  it('is the mean of models that are one, however small their update', () => {
    const near = base.map((x, i) => x + 1e-9 * updates[0]![i]!);
    assertClose(merge('model_stock', { base, tensors: [near, near] }), near, 1e-15);
  });

  it('is the base where updates cancel out or are zero', () => {
    const [up, down] = [base.map((x) => x + 0.5), base.map((x) => x - 0.5)];
    assertClose(merge('model_stock', { base, tensors: [up, down] }), base);
    assertClose(merge('model_stock', { base, tensors: [base, base] }), base);
    assertClose(merge('model_stock', { base, tensors: [up, base] }), base);
  });
});

describe('sce', () => {
  const expected = (topK: number, from = updates): number[] => {
    const variance = base.map((_, i) => {
      const mean = from.reduce((s, u) => s + u[i]!, 0) / from.length;
      return from.reduce((s, u) => s + (u[i]! - mean) ** 2, 0) / from.length;
    });
    const order = variance.map((_, i) => i).sort((i, j) => variance[j]! - variance[i]! || i - j);
    const count = Math.floor(topK * variance.filter((v) => v > 0).length);
    const kept = from.map((u) => u.map((x, i) => (topK >= 1 || order.indexOf(i) < count ? x : 0)));
    const squares = kept.map((u) => dot(u, u) / u.length);
    const total = squares.reduce((s, x) => s + x, 0);
    return base.map((b, i) => {
      const sign = kept.reduce((s, u) => s + u[i]!, 0) >= 0 ? 1 : -1;
      const taken = kept.flatMap((u, k) => (Math.sign(u[i]!) === sign ? [{ d: u[i]!, c: squares[k]! / total }] : []));
      if (taken.length === 0) return b;
      return b + taken.reduce((s, { d, c }) => s + c * d, 0) / taken.reduce((s, { c }) => s + c, 0);
    });
  };

  it('weights the updates by their squares where they agree on the sign', () => {
    assertClose(merge('sce', { base, tensors }), expected(1));
  });

  it('takes the entries in which they differ most', () => {
    assertClose(merge('sce', { base, tensors, parameters: { select_topk: 0.35 } }), expected(0.35));
    const partly = updates.map((u) => u.map((x, i) => (i < 20 ? 0 : x))); // where all agree there is nothing to select
    const same = partly.map((u) => u.map((x, i) => base[i]! + x));
    const rounded = same.map((t) => minus(t, base));
    assertClose(merge('sce', { base, tensors: same, parameters: { select_topk: 0.5 } }), expected(0.5, rounded));
  });

  it('weights small updates as it does large ones', () => {
    const tiny = updates.map((u, k) => u.map((x) => 1e-5 * (k + 1) * x));
    const near = tiny.map((u) => u.map((x, i) => base[i]! + x));
    const rounded = near.map((t) => minus(t, base));
    assertClose(merge('sce', { base, tensors: near }), expected(1, rounded), 1e-15);
  });

  it('is the base where nothing is selected or nothing has changed', () => {
    assertClose(merge('sce', { base, tensors, parameters: { select_topk: 0 } }), base);
    assertClose(merge('sce', { base, tensors: [base, base] }), base);
  });
});

describe('nearswap', () => {
  it('moves each entry by at most t', () => {
    const [model] = tensors as [number[]];
    assertClose(
      merge('nearswap', { base, tensors: [model], parameters: { t: 0.05 } }),
      base.map((b, i) => {
        const w = Math.min(1, Math.max(0, 0.05 / Math.abs(b - model[i]!)));
        return w * model[i]! + (1 - w) * b;
      }),
    );
    assertClose(merge('nearswap', { base, tensors: [model], parameters: { t: 0 } }), base);
    assertClose(merge('nearswap', { base, tensors: [base], parameters: { t: 0.05 } }), base);
  });
});

describe('arcee_fusion', () => {
  it('takes the entries whose change stands out', () => {
    const shape = [6, 10];
    const model = base.map((b, i) => b + (i % 7 === 0 ? 3 : 0.01) * numbers(60, 5)[i]!);
    const softmax = (v: number[]): number[] => {
      const powers = v.map((x) => Math.exp(x));
      return powers.map((x) => x / powers.reduce((s, y) => s + y, 0));
    };
    const divergence = [0, 1, 2, 3, 4, 5].map((r) => {
      const p = softmax(model.slice(10 * r, 10 * r + 10)).map((x) => x + 1e-8);
      const q = softmax(base.slice(10 * r, 10 * r + 10)).map((x) => x + 1e-8);
      return p.reduce((s, x, i) => s + x * Math.log(x / q[i]!), 0);
    });
    const scores = base.map((b, i) => Math.abs(model[i]! - b) * divergence[Math.floor(i / 10)]!);
    const sorted = [...scores].sort((a, b) => a - b);
    const at = (q: number): number => sorted[Math.floor(q * 59)]!;
    const threshold = at(0.5) + 1.5 * (at(0.75) - at(0.25));
    const taken = scores.map((score) => score >= threshold);
    assert.ok(taken.includes(true) && taken.includes(false));
    assert.deepEqual(
      merge('arcee_fusion', { base, tensors: [model], shape }),
      base.map((b, i) => (taken[i] ? model[i]! : b)),
    );
  });

  it('of a model without changes is the base', () => {
    assert.deepEqual(merge('arcee_fusion', { base, tensors: [base], shape: [6, 10] }), base);
  });
});
