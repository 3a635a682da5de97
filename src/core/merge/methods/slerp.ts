/** Interpolation along the sphere between two models. */
import type { MergeMethod } from './method';
import { weight } from './parameterSpecs';

/** Cosines beyond this are taken for parallel or opposite by `slerp`. */
const parallelCosine = 0.9995;
/** Sines below this are taken for parallel or opposite by `nuslerp`. */
const parallelSine = 1e-8;
/** Vectors shorter than this have no direction. */
const slerpLeastNorm = 1e-8;
const nuslerpLeastNorm = 1e-7;
const leastWeightSum = 1e-6;

/**
 * sin((1-t)Ω)/sin Ω·θ₀ + sin(tΩ)/sin Ω·θ₁ with Ω the angle between the whole tensors. A tensor of zeros has no direction
 * and counts as perpendicular.
 */
export const slerp: MergeMethod = {
  name: 'slerp',
  title: 'SLERP',
  description: 'Along the arc from the base to the model, whole tensors as vectors.',
  source: 'Shoemake 1985, Animating rotation with quaternion curves',
  differences:
    'Not only unit vectors: the length is interpolated with the direction. Nearly parallel or opposite: linear.',
  mergekitDifferences: null,
  base: 'required',
  models: { min: 1, max: 1 },
  perModel: [],
  parameters: [{ name: 't', title: 't', kind: 'number', default: null, description: '0 is the base, 1 the model.' }],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors: [other], base, parameters }) {
    const merged = new Float64Array(base!.length);
    const t = Number(parameters['t']);
    const { norms, product } = inner(base!, other!, null, whole(base!));
    const [a, b] = norms.map((norm) => (norm > slerpLeastNorm ? norm : 1)) as [number, number];
    const cosine = product / a / b;
    const isLinear = Math.abs(cosine) > parallelCosine;
    mix(merged, base!, other!, null, whole(base!), isLinear ? [1 - t, t] : onArc(Math.acos(cosine), t));
    return merged;
  },
};

/** The same with t = w₂/(w₁+w₂), of whole tensors, of rows or of columns; with a base, of the updates. */
export const nuslerp: MergeMethod = {
  name: 'nuslerp',
  title: 'NuSLERP',
  description: 'Along the arc from the first model to the second; with a base, of their updates.',
  source: 'mergekit',
  differences: null,
  mergekitDifferences: null,
  base: 'optional',
  models: { min: 2, max: 2 },
  perModel: [weight],
  parameters: [
    {
      name: 'nuslerp_flatten',
      title: 'Whole tensors',
      kind: 'boolean',
      default: true,
      description: 'Whole tensors as vectors; else the vectors along the last axis.',
    },
    {
      name: 'nuslerp_row_wise',
      title: 'First axis',
      kind: 'boolean',
      default: false,
      description: 'Where tensors are not taken whole: the vectors along the first axis.',
    },
  ],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors: [first, second], base, shape, perModel, parameters }) {
    const [w1, w2] = perModel.map((own) => own['weight']!) as [number, number];
    const t = Math.abs(w1 + w2) < leastWeightSum ? 0.5 : w2 / (w1 + w2);
    const merged = new Float64Array(first!.length);
    for (const line of linesOf(first!.length, shape, parameters)) {
      const { norms, product } = inner(first!, second!, base, line);
      const [a, b] = norms.map((norm) => Math.max(norm, nuslerpLeastNorm)) as [number, number];
      const angle = Math.acos(Math.min(1, Math.max(-1, product / a / b)));
      const isLinear = Math.abs(Math.sin(angle)) < parallelSine;
      mix(merged, first!, second!, base, line, isLinear ? [1 - t, t] : onArc(angle, t));
    }
    return merged;
  },
};

/** A vector within a tensor: so many entries, so far apart. */
interface Line {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function whole({ length }: Float64Array): Line {
  return { start: 0, step: 1, count: length };
}

function* linesOf(
  length: number,
  shape: readonly number[],
  options: Readonly<Record<string, number | boolean>>,
): Generator<Line> {
  const isWhole = options['nuslerp_flatten'] || shape.length === 0;
  const count = isWhole ? length : options['nuslerp_row_wise'] ? shape[0]! : shape.at(-1)!;
  const isFirstAxis = !isWhole && options['nuslerp_row_wise'];
  const lines = count === 0 ? 0 : length / count;
  for (let i = 0; i < lines; i++) {
    yield isFirstAxis ? { start: i, step: lines, count } : { start: i * count, step: 1, count };
  }
}

function inner(
  first: Float64Array,
  second: Float64Array,
  base: Float64Array | null,
  { start, step, count }: Line,
): { norms: [number, number]; product: number } {
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = start, n = 0; n < count; n++, i += step) {
    const origin = base ? base[i]! : 0;
    const a = first[i]! - origin;
    const b = second[i]! - origin;
    aa += a * a;
    bb += b * b;
    ab += a * b;
  }
  return { norms: [Math.sqrt(aa), Math.sqrt(bb)], product: ab };
}

/** Shares of both ends at t of an arc. */
function onArc(angle: number, t: number): [number, number] {
  return [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
}

function mix(
  merged: Float64Array,
  first: Float64Array,
  second: Float64Array,
  base: Float64Array | null,
  { start, step, count }: Line,
  [s, t]: readonly [number, number],
): void {
  for (let i = start, n = 0; n < count; n++, i += step) {
    const origin = base ? base[i]! : 0;
    merged[i] = origin + s * (first[i]! - origin) + t * (second[i]! - origin);
  }
}
