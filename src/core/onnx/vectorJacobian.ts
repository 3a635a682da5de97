/**
 * Vector-Jacobian products: for each operator that models are made of, the gradient of its inputs given that of its
 * outputs. dY is the gradient of Y. Inputs of which a gradient is wanted must not have been broadcast.
 */
import type { Value } from './graph';
import type { Attribute } from './graphParts';
import {
  add,
  concat,
  errorFunction,
  exponential,
  gather,
  gemm,
  matmul,
  mean,
  multiply,
  negate,
  reciprocalRoot,
  reshape,
  rotary,
  softmax,
  subtract,
  sum,
  transpose,
} from './operators';
import { addAt, scatterRows, zerosLike } from './scatter';

/** A term of a gradient, added to what there is already. */
export type Term = (onto: Value | undefined) => Value;

/**
 * By the name of an index table that repeats rows: where each row stands in it, int64 [rows]. The repetitions are
 * padding and must have no gradient. Tables that are not listed name every row once at most.
 */
export type Inverses = ReadonlyMap<string, Value>;

export interface Differentiated {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Of the outputs. */
  readonly gradients: readonly Value[];
  readonly inverses: Inverses;
}

/** One term per input; inputs without a derivative have none. */
export type Rule = (node: Differentiated) => readonly (Term | undefined)[];

export const rules: Readonly<Partial<Record<string, Rule>>> = {
  Add: ({ inputs: [a, b], gradients: [dY] }) => [same(a!, () => dY!), same(b!, () => dY!)],
  Sub: ({ inputs: [a, b], gradients: [dY] }) => [same(a!, () => dY!), same(b!, () => negate(dY!))],
  Mul: ({ inputs: [a, b], gradients: [dY] }) => [same(a!, () => multiply(dY!, b!)), same(b!, () => multiply(dY!, a!))],
  /** σ' = σ·(1 − σ) */
  Sigmoid: one((dY, _, y) => multiply(dY, subtract(y, multiply(y, y)))),
  /** ½(1 + erf(x/√2)) + x·exp(−x²/2)/√(2π) */
  Gelu: one((dY, x) => {
    const c = (value: number) => x.graph.constant('float32', [], [value]);
    const cumulative = multiply(add(errorFunction(multiply(x, c(Math.SQRT1_2))), c(1)), c(0.5));
    const density = multiply(exponential(multiply(multiply(x, x), c(-0.5))), c(1 / Math.sqrt(2 * Math.PI)));
    return multiply(dY, add(cumulative, multiply(x, density)));
  }),
  /** P∘(dP − rowsum(dP∘P)) */
  Softmax: one((dP, _, p) => multiply(p, subtract(dP, sum(multiply(dP, p), p.shape.length - 1, true)))),
  ReduceLogSumExp: one((dY, x) => multiply(softmax(x), dY)),
  /** x·Wᵀ + b: dY·W, dYᵀ·x, the sum of the rows of dY */
  Gemm: ({ inputs: [x, weight], attributes, gradients: [dY] }) => {
    const { transA, transB, alpha } = attributes as Record<string, { int?: number; float?: number } | undefined>;
    if (transA?.int || !transB?.int || (alpha?.float ?? 1) !== 1) throw new Error('only x·Wᵀ + b is differentiated');
    return [
      (onto) => gemm(dY!, weight!, onto),
      (onto) => gemm(dY!, x!, onto, { transA: true }),
      plain(() => sum(dY!, 0)),
    ];
  },
  /** A·B: dY·Bᵀ, Aᵀ·dY */
  MatMul: ({ inputs: [a, b], gradients: [dY] }) => [
    same(a!, () => matmul(dY!, swapped(b!))),
    same(b!, () => matmul(swapped(a!), dY!)),
  ],
  RMSNormalization: rmsNorm,
  /** The turn back. */
  RotaryEmbedding: ({ inputs: [, cos, sin], gradients: [dY] }) => [plain(() => rotary(dY!, cos!, negate(sin!)))],
  Reshape: one((dY, x) => reshape(dY, x.shape)),
  Transpose: ({ attributes, gradients: [dY] }) => {
    const { ints } = attributes.perm as { ints: readonly number[] };
    return [
      plain(() =>
        transpose(
          dY!,
          ints.map((_, i) => ints.indexOf(i)),
        ),
      ),
    ];
  },
  Split: ({ attributes, gradients }) => [plain(() => concat(gradients, (attributes.axis as { int: number }).int))],
  GatherElements: ({ inputs: [x, indices], gradients: [dY] }) => [
    (onto) => addAt(onto ?? zerosLike(x!), indices!, dY!),
  ],
  Gather: ({ inputs: [x, indices], attributes, gradients: [dY], inverses }) => {
    const { int: axis } = attributes.axis as { int: number };
    const inverse = inverses.get(indices!.name);
    const flat = () => {
      const joined = indices!.shape.join('*');
      return reshape(dY!, [...x!.shape.slice(0, axis), joined, ...x!.shape.slice(axis + 1)]);
    };
    return [plain(() => (inverse ? gather(flat(), inverse, axis) : scatterRows(x!, indices!, dY!, axis)))];
  },
};

/** Of an operator with one input that counts. */
function one(derive: (dY: Value, x: Value, y: Value) => Value): Rule {
  return ({ inputs: [x], outputs: [y], gradients: [dY] }) => [plain(() => derive(dY!, x!, y!))];
}

function plain(build: () => Value): Term {
  return (onto) => (onto ? add(onto, build()) : build());
}

/** A term for an input that must have had the shape of the product: broadcasting back is not provided. */
function same(x: Value, build: () => Value): Term {
  return plain(() => {
    const term = build();
    if (term.shape.join() !== x.shape.join()) throw new Error(`${x.name} was broadcast: it has no derivative`);
    return term;
  });
}

/** The last two axes exchanged. */
function swapped(x: Value): Value {
  const rank = x.shape.length;
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

/**
 * y = γ∘x·r with r = (mean x² + ε)^-½ along the last axis:
 * dx = r·(γ∘dY − x·r²·mean(γ∘dY∘x)), dγ = Σ r·dY∘x over the rows.
 */
function rmsNorm({ inputs: [x, weight], attributes, gradients: [dY] }: Differentiated): (Term | undefined)[] {
  const { graph } = x!;
  const width = x!.shape[1] as number;
  const { float: epsilon } = attributes.epsilon as { float: number };
  const c = (value: number) => graph.constant('float32', [], [value]);
  const r = reciprocalRoot(add(mean(multiply(x!, x!), 1, true), c(epsilon)));
  const product = multiply(dY!, x!);
  const dx = () => {
    const along = gemm(product, reshape(weight!, [width, 1]), undefined, { alpha: 1 / width });
    const pull = multiply(multiply(r, r), along);
    return multiply(r, subtract(multiply(dY!, weight!), multiply(x!, pull)));
  };
  const dWeight = () => reshape(gemm(r, product, undefined, { transA: true }), [width]);
  return [plain(dx), plain(dWeight)];
}
