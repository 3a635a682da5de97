import assert from 'node:assert/strict';
import { assertClose, dot, family, merge, minus, norm, numbers } from './mergeTensors';

/** Straight from the definition, between any two vectors. */
function arc(a: readonly number[], b: readonly number[], t: number): number[] {
  const angle = Math.acos(dot(a, b) / (norm(a) * norm(b)));
  return a.map(
    (x, i) => (Math.sin((1 - t) * angle) * x) / Math.sin(angle) + (Math.sin(t * angle) * b[i]!) / Math.sin(angle),
  );
}

describe('slerp', () => {
  const [a, b] = [numbers(24, 4), numbers(24, 5)];

  it('goes along the arc from the base to the model', () => {
    for (const t of [0, 0.3, 0.5, 1, 1.2]) {
      assertClose(merge('slerp', { base: a, tensors: [b], parameters: { t } }), arc(a, b, t));
    }
    assertClose(merge('slerp', { base: a, tensors: [b], parameters: { t: 0 } }), a);
    assertClose(merge('slerp', { base: a, tensors: [b], parameters: { t: 1 } }), b);
  });

  it('keeps the length between two of one length', () => {
    const unit = (v: number[]): number[] => v.map((x) => x / norm(v));
    const middle = merge('slerp', { base: unit(a), tensors: [unit(b)], parameters: { t: 0.5 } });
    assert.ok(Math.abs(norm(middle) - 1) < 1e-12);
  });

  it('is linear between parallel and between opposite vectors', () => {
    const twice = a.map((x) => 2 * x);
    assertClose(
      merge('slerp', { base: a, tensors: [twice], parameters: { t: 0.25 } }),
      a.map((x) => 1.25 * x),
    );
    const back = a.map((x) => -x);
    assertClose(
      merge('slerp', { base: a, tensors: [back], parameters: { t: 0.25 } }),
      a.map((x) => 0.5 * x),
    );
    const near = a.map((x, i) => x + 1e-3 * b[i]!);
    assertClose(
      merge('slerp', { base: a, tensors: [near], parameters: { t: 0.5 } }),
      a.map((x, i) => (x + near[i]!) / 2),
    );
  });

  it('takes zeros for perpendicular', () => {
    const zeros = a.map(() => 0);
    assertClose(
      merge('slerp', { base: zeros, tensors: [b], parameters: { t: 0.5 } }),
      b.map((x) => x * Math.SQRT1_2),
    );
    assertClose(merge('slerp', { base: zeros, tensors: [zeros], parameters: { t: 0.5 } }), zeros);
  });
});

describe('nuslerp', () => {
  const [a, b] = [numbers(24, 6), numbers(24, 7)];
  const models = [{ weight: 0.5 }, { weight: 1.5 }];

  it('takes t from the weights', () => {
    assertClose(merge('nuslerp', { tensors: [a, b], models }), arc(a, b, 0.75));
  });

  it('is half way where the weights add up to 0', () => {
    const opposite = [{ weight: 1 }, { weight: -1 }];
    assertClose(merge('nuslerp', { tensors: [a, b], models: opposite }), arc(a, b, 0.5));
  });

  it('interpolates the updates where there is a base', () => {
    const { base, tensors } = family(24, 2);
    const updates = arc(minus(tensors[0]!, base), minus(tensors[1]!, base), 0.75);
    assertClose(
      merge('nuslerp', { base, tensors, models }),
      base.map((x, i) => x + updates[i]!),
    );
  });

  it('goes row by row, or column by column', () => {
    const shape = [4, 6];
    const rows = [0, 1, 2, 3].flatMap((r) => arc(a.slice(6 * r, 6 * r + 6), b.slice(6 * r, 6 * r + 6), 0.75));
    const parameters = { nuslerp_flatten: false };
    assertClose(merge('nuslerp', { tensors: [a, b], models, shape, parameters }), rows);

    const column = (m: number[], c: number): number[] => [0, 1, 2, 3].map((r) => m[6 * r + c]!);
    const columns = [0, 1, 2, 3, 4, 5].map((c) => arc(column(a, c), column(b, c), 0.75));
    assertClose(
      merge('nuslerp', { tensors: [a, b], models, shape, parameters: { ...parameters, nuslerp_row_wise: true } }),
      a.map((_, i) => columns[i % 6]![Math.floor(i / 6)]!),
    );
  });

  it('is linear in rows that are parallel, and only there', () => {
    const shape = [2, 12];
    const other = [...a.slice(0, 12).map((x) => 3 * x), ...b.slice(12)];
    assertClose(merge('nuslerp', { tensors: [a, other], models, shape, parameters: { nuslerp_flatten: false } }), [
      ...a.slice(0, 12).map((x) => 0.25 * x + 0.75 * 3 * x),
      ...arc(a.slice(12), b.slice(12), 0.75),
    ]);
  });
});
