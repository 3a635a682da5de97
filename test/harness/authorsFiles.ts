/** How near our copy of the authors' files comes to what their scripts wrote (float16 loading, float32 decomposition). */
import assert from 'node:assert/strict';

type Numbers = Readonly<Record<string, number | readonly number[]>>;

export interface AuthorsEntry {
  readonly param_name: string;
  readonly layer_idx: number;
  readonly section: string;
  readonly sft: Numbers;
  readonly rl: Numbers;
}

export interface AuthorsFile {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly layers: readonly AuthorsEntry[];
  readonly summary: readonly AuthorsEntry[];
}

/**
 * Relative differences, measured on the sample lab against float64: norms 1.4e-5 (from float16), stable rank 2.9e-5,
 * nuclear norm, effective rank and log volume 4e-6. A singular value is right to 7.3e-6 of the first one.
 */
const tolerances: Readonly<Record<string, number>> = {
  fro_norm: 2e-5,
  fro_norm_mean: 2e-5,
  fro_norm_sum: 2e-5,
  relative_norm: 2e-5,
  relative_norm_mean: 2e-5,
  spectral_norm: 1e-5,
  spectral_norm_mean: 1e-5,
  nuclear_norm: 5e-6,
  stable_rank: 4e-5,
  stable_rank_mean: 4e-5,
  effective_rank: 5e-6,
  effective_rank_mean: 5e-6,
  log_volume: 3e-6,
  log_volume_mean: 3e-6,
};
const ofFirstValue = 1e-5;

export function assertAuthorsFroNorm(text: string, theirs: AuthorsFile): void {
  assertSameShape(text, theirs);
  const ours = JSON.parse(text) as AuthorsFile;
  for (const list of ['layers', 'summary'] as const) {
    ours[list].forEach((entry, i) => bothPhases(entry, theirs[list][i]!, assertNumbers));
  }
}

export function assertAuthorsSvd(text: string, theirs: AuthorsFile): void {
  assertSameShape(text, theirs);
  const ours = JSON.parse(text) as AuthorsFile;
  ours.summary.forEach((entry, i) => bothPhases(entry, theirs.summary[i]!, assertNumbers));
  ours.layers.forEach((entry, i) =>
    bothPhases(entry, theirs.layers[i]!, (own, reference, place) => {
      const { condition_number: ownCondition, singular_values: ownValues, ...ownNumbers } = own;
      const { condition_number: condition, singular_values: values, ...numbers } = reference;
      assertNumbers(ownNumbers, numbers, place);
      const scale = numbers.spectral_norm as number;
      (ownValues as readonly number[]).forEach((value, rank) =>
        assertNear(value, (values as readonly number[])[rank]!, ofFirstValue * scale, `${place} σ${rank + 1}`),
      );
      // Of the condition number float32 tells only the last singular value, and that to a share of the first.
      const last = (number: unknown) => scale / (number as number);
      assertNear(last(ownCondition), last(condition), ofFirstValue * scale, `${place} condition_number`);
    }),
  );
}

/** The same text but for the numbers (and the paths of the checkpoints): keys, their order, indentation, names. */
function assertSameShape(text: string, theirs: AuthorsFile): void {
  const { metadata } = JSON.parse(text) as AuthorsFile;
  const names = ['base_model', 'sft_model', 'rl_model'] as const;
  const known = Object.fromEntries(names.map((name) => [name, metadata[name]]));
  const wanted = JSON.stringify({ ...theirs, metadata: { ...theirs.metadata, ...known } }, null, 2);
  const number = /-?\d+(\.\d+)?(e[+-]?\d+)?(?=,?$)/gm;
  const whole = /("(layer_idx|n_params|topk|num_llm_layers)": )(-?\d+)/g;
  const shape = (json: string) => json.replace(whole, '$1"$3"').replace(number, '#');
  assert.equal(shape(text), shape(wanted));
}

function bothPhases(
  ours: AuthorsEntry,
  theirs: AuthorsEntry,
  check: (ours: Numbers, theirs: Numbers, place: string) => void,
): void {
  for (const phase of ['sft', 'rl'] as const) {
    check(ours[phase], theirs[phase], `${ours.param_name ?? ours.layer_idx} ${phase}`);
  }
}

function assertNumbers(ours: Numbers, theirs: Numbers, place: string): void {
  for (const [field, value] of Object.entries(theirs)) {
    const near = tolerances[field];
    assert.ok(near !== undefined && typeof value === 'number', `${place}: ${field} has no tolerance`);
    assertNear(ours[field] as number, value, near * Math.abs(value), `${place} ${field}`);
  }
}

function assertNear(ours: number, theirs: number, within: number, what: string): void {
  assert.ok(Math.abs(ours - theirs) <= within, `${what}: ${ours}, theirs ${theirs}`);
}
