import assert from 'node:assert/strict';
import { namedRandom } from '../../../../src/core/statistics/namedRandom';
import { assertClose, family, merge, minus, numbers } from './mergeTensors';

const { base, tensors } = family(60, 3);
const weights = [0.5, 1.2, -0.3];
const updates = tensors.map((tensor) => minus(tensor, base));
const withDensity = (density: number, more = {}) => weights.map((weight) => ({ weight, density, ...more }));

/** Each entry times whether it is among those at `from` to `to`, when sorted downwards by magnitude. */
function ranked(update: readonly number[], from: number, to: number): number[] {
  const order = update.map((_, i) => i).sort((i, j) => Math.abs(update[j]!) - Math.abs(update[i]!) || i - j);
  return update.map((x, i) => (order.indexOf(i) >= from && order.indexOf(i) < to ? x : 0));
}

function rescaled(whole: readonly number[], kept: readonly number[]): number[] {
  const l1 = (v: readonly number[]): number => v.reduce((s, x) => s + Math.abs(x), 0);
  return kept.map((x) => (x * l1(whole)) / l1(kept));
}

function sum(deltas: readonly number[][], divisor = 1, lambda = 1): number[] {
  return base.map((b, i) => b + (lambda * deltas.reduce((s, d, k) => s + weights[k]! * d[i]!, 0)) / divisor);
}

function agreed(deltas: readonly number[][], normalize: boolean, lambda = 1): number[] {
  return base.map((b, i) => {
    const parts = deltas.map((d, k) => weights[k]! * d[i]!);
    const sign = parts.reduce((s, x) => s + x, 0) >= 0 ? 1 : -1;
    const taken = parts.map((x) => Math.sign(x) === sign);
    const divisor = weights.reduce((s, w, k) => s + (taken[k] ? w : 0), 0);
    const mixed = parts.reduce((s, x, k) => s + (taken[k] ? x : 0), 0);
    return b + (lambda * mixed) / (normalize && divisor !== 0 ? divisor : 1);
  });
}

describe('task_arithmetic', () => {
  const models = weights.map((weight) => ({ weight }));

  it('adds the weighted updates to the base', () => {
    assertClose(merge('task_arithmetic', { base, tensors, models }), sum(updates));
  });

  it('normalises and scales when told', () => {
    const parameters = { normalize: true, lambda: 0.7 };
    assertClose(merge('task_arithmetic', { base, tensors, models, parameters }), sum(updates, 1.4, 0.7));
  });

  it('does not divide by weights that add up to 0', () => {
    const opposite = [{ weight: 1 }, { weight: -1 }];
    assertClose(
      merge('task_arithmetic', {
        base,
        tensors: tensors.slice(0, 2),
        models: opposite,
        parameters: { normalize: true },
      }),
      base.map((b, i) => b + updates[0]![i]! - updates[1]![i]!),
    );
  });
});

describe('ties', () => {
  it('keeps the largest and those that agree on the sign', () => {
    const kept = updates.map((update) => ranked(update, 0, 18)); // 0.3 of 60
    assertClose(merge('ties', { base, tensors, models: withDensity(0.3) }), agreed(kept, true));
    assertClose(
      merge('ties', { base, tensors, models: withDensity(0.3), parameters: { normalize: false, lambda: 1.5 } }),
      agreed(kept, false, 1.5),
    );
  });

  it('rescales what is kept when told', () => {
    const kept = updates.map((update) => rescaled(update, ranked(update, 0, 18)));
    assertClose(
      merge('ties', { base, tensors, models: withDensity(0.3), parameters: { rescale: true } }),
      agreed(kept, true),
    );
  });

  it('keeps everything at density 1 and nothing at a density of less than one entry', () => {
    assertClose(merge('ties', { base, tensors, models: withDensity(1) }), agreed(updates, true));
    assertClose(merge('ties', { base, tensors, models: withDensity(0.01) }), base);
  });

  it('keeps the first of equal magnitudes', () => {
    const merged = merge('ties', {
      base: [0, 0, 0, 0],
      tensors: [[1, -1, 1, -1]],
      models: [{ weight: 1, density: 0.5 }],
    });
    assert.deepEqual(merged, [1, -1, 0, 0]);
  });

  it('calls a vote that ends even for plus', () => {
    const models = [
      { weight: 1, density: 1 },
      { weight: 1, density: 1 },
    ];
    const even = {
      base: [0, 0],
      tensors: [
        [2, -3],
        [-2, 3],
      ],
      models,
    };
    assert.deepEqual(merge('ties', even), [2, 3]);
  });
});

describe('breadcrumbs', () => {
  it('drops the largest and the smallest', () => {
    const kept = updates.map((update) => ranked(update, 6, 30)); // gamma 0.1, density 0.4 of 60
    const models = withDensity(0.4, { gamma: 0.1 });
    assertClose(merge('breadcrumbs', { base, tensors, models }), sum(kept));
    assertClose(merge('breadcrumbs_ties', { base, tensors, models }), agreed(kept, false));
  });

  it('drops only the smallest at gamma 0, and in tensors too small for an outlier', () => {
    const kept = updates.map((update) => ranked(update, 0, 24));
    assertClose(merge('breadcrumbs', { base, tensors, models: withDensity(0.4, { gamma: 0 }) }), sum(kept));
    assertClose(merge('breadcrumbs', { base, tensors, models: withDensity(0.4) }), sum(kept)); // 0.01 of 60
  });

  it('drops fewer outliers where the density leaves no room', () => {
    const kept = updates.map((update) => ranked(update, 6, 60)); // density 0.9, gamma 0.5
    assertClose(merge('breadcrumbs', { base, tensors, models: withDensity(0.9, { gamma: 0.5 }) }), sum(kept));
  });
});

describe('dare', () => {
  const draw = (): (() => number) => {
    const drawn = numbers(180, 77).map((x) => x + 0.5);
    return () => drawn.shift()!;
  };
  /** The same draws, model after model, entry after entry. */
  const kept = (rescale: boolean): number[][] => {
    const random = draw();
    return updates.map((update) => {
      const own = update.map((x) => (random() < 0.4 ? x : 0));
      return rescale ? rescaled(update, own) : own;
    });
  };

  it('keeps what is drawn, rescaled to its old L1 norm', () => {
    const given = { base, tensors, models: withDensity(0.4) };
    assertClose(merge('dare_linear', { ...given, random: draw() }), sum(kept(true)));
    assertClose(merge('dare_ties', { ...given, random: draw() }), agreed(kept(true), false));
    const parameters = { rescale: false, normalize: true };
    assertClose(merge('dare_linear', { ...given, parameters, random: draw() }), sum(kept(false), 1.4));
    assertClose(merge('dare_ties', { ...given, parameters, random: draw() }), agreed(kept(false), true));
  });

  it('has one result per seed and name, and keeps the share it is told', () => {
    const count = 100_000;
    const large = { base: new Array<number>(count).fill(0), tensors: [new Array<number>(count).fill(1)] };
    const run = (seed: number, name: string): number[] =>
      merge('dare_linear', {
        ...large,
        models: [{ weight: 1, density: 0.3 }],
        parameters: { rescale: false },
        random: namedRandom(seed, name),
      });
    const first = run(5, 'a');
    assert.deepEqual(run(5, 'a'), first);
    assert.notDeepEqual(run(6, 'a'), first);
    assert.notDeepEqual(run(5, 'b'), first);
    const share = first.filter((x) => x !== 0).length / count;
    assert.ok(Math.abs(share - 0.3) < 5 * Math.sqrt((0.3 * 0.7) / count), `kept ${share}`);
  });

  it('keeps everything at density 1, nothing at density 0, and zero updates as they are', () => {
    assertClose(merge('dare_linear', { base, tensors, models: withDensity(1) }), sum(updates));
    assertClose(merge('dare_ties', { base, tensors, models: withDensity(0) }), base);
    assertClose(merge('dare_linear', { base, tensors: [base, base, base], models: withDensity(0.5) }), base);
  });
});

describe('della', () => {
  const shape = [6, 10];
  const draw = (): (() => number) => {
    const drawn = numbers(180, 78).map((x) => x + 0.5);
    return () => drawn.shift()!;
  };
  const kept = (): number[][] => {
    const random = draw();
    return updates.map((update) => {
      const own = update.map((x, i) => {
        const row = update.slice(10 * Math.floor(i / 10), 10 * Math.floor(i / 10) + 10);
        const rank = row.filter((y) => Math.abs(y) < Math.abs(x)).length;
        return random() < 0.5 - 0.2 + 2 * 0.2 * (rank / 9) ? x : 0;
      });
      return rescaled(update, own);
    });
  };

  it('keeps large entries of a row with a higher probability', () => {
    const given = { base, tensors, shape, models: withDensity(0.5, { epsilon: 0.2 }) };
    assertClose(merge('della_linear', { ...given, random: draw() }), sum(kept()));
    assertClose(merge('della', { ...given, random: draw() }), agreed(kept(), true));
  });

  it('keeps density - epsilon of the smallest and density + epsilon of the largest', () => {
    const rows = 20_000;
    const row = [3, 1, 2];
    const large = Array.from({ length: rows }, () => row).flat();
    const merged = merge('della_linear', {
      base: large.map(() => 0),
      tensors: [large],
      shape: [rows, 3],
      models: [{ weight: 1, density: 0.5, epsilon: 0.3 }],
      parameters: { rescale: false },
    });
    const expected = [0.8, 0.2, 0.5]; // of 3, 1, 2
    expected.forEach((probability, column) => {
      const share = merged.filter((x, i) => i % 3 === column && x !== 0).length / rows;
      assert.ok(Math.abs(share - probability) < 5 * Math.sqrt(0.25 / rows), `kept ${share} of column ${column}`);
    });
  });

  it('orders equal magnitudes by position, and gives a row of one entry the middle', () => {
    const equal = { base: [0, 0, 0], tensors: [[1, 1, 1]], models: [{ weight: 1, density: 0.5, epsilon: 0.3 }] };
    const parameters = { rescale: false };
    // Probabilities 0.2, 0.5, 0.8 along the row.
    assert.deepEqual(merge('della_linear', { ...equal, parameters, random: () => 0.3 }), [0, 1, 1]);
    assert.deepEqual(merge('della_linear', { ...equal, parameters, random: () => 0.6 }), [0, 0, 1]);
    assert.deepEqual(merge('della_linear', { ...equal, shape: [3, 1], parameters, random: () => 0.45 }), [1, 1, 1]);
    assert.deepEqual(merge('della_linear', { ...equal, shape: [3, 1], parameters, random: () => 0.55 }), [0, 0, 0]);
  });

  it('refuses an epsilon that leads out of (0, 1)', () => {
    assert.throws(() => merge('della', { base, tensors, models: withDensity(0.9, { epsilon: 0.15 }) }), {
      name: 'InputError',
      message: /density 0.9 and epsilon 0.15/,
    });
    assertClose(merge('della', { base, tensors, models: withDensity(0) }), base);
  });
});
