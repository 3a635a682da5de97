/** Task arithmetic and what came of it: TIES, DARE, DELLA and Breadcrumbs, each with and without a vote on the sign. */
import type { MergeMethod, ParameterSpec } from './method';
import { lambda, normalize, share, weight } from './parameterSpecs';
import { atRandom, byMagnitude, byRank, withoutOutliers, type Sparsify } from './sparsify';
import { mergeTaskVectors } from './taskVectors';

const density = share('density', 'Density', 1, 'Share of the update that is kept.');
const gamma = share('gamma', 'Gamma', 0.01, 'Share of the update, the largest entries, that is dropped as outliers.');
const epsilon: ParameterSpec = {
  name: 'epsilon',
  title: 'Epsilon',
  kind: 'number',
  default: 0.15,
  min: 0,
  max: 0.5,
  description: 'The probability to be kept goes from density - epsilon to density + epsilon.',
};
const rescale = (standard: boolean): ParameterSpec => ({
  name: 'rescale',
  title: 'Rescale',
  kind: 'boolean',
  default: standard,
  description: 'Give what is kept of an update the L1 norm of the whole update.',
});

const otherRandomNumbers = 'The entries are drawn by another generator, one seed and tensor name, one draw.';
const fewEntries = 'A density that leaves no entry leaves the base; mergekit stops.';
const l1Rescale = 'What is kept is rescaled to its old L1 norm instead of divided by the density.';
const l1Signs = `${l1Rescale} The sign is voted on after the weights.`;
const breadcrumbTies =
  'Equal magnitudes are ordered by position. gamma 0, and a tensor too small for one outlier, drop no outlier; ' +
  'there mergekit drops the whole update.';
const dellaMergekit = `${otherRandomNumbers} Rows of more than two dimensions are all but the first; a row of one entry has probability density.`;

interface Variant {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly differences: string | null;
  readonly mergekitDifferences: string | null;
  readonly sparsify: Sparsify | null;
  readonly consensus: boolean;
  readonly normalize: boolean;
  readonly rescale: boolean;
  /** Beside weight and density. */
  readonly perModel: readonly ParameterSpec[];
}

const variants: readonly Variant[] = [
  {
    name: 'task_arithmetic',
    title: 'Task arithmetic',
    description: 'The base and the weighted sum of the updates.',
    source: 'arXiv:2212.04089',
    differences: 'Weights per model beside the one factor of the paper, lambda.',
    mergekitDifferences: null,
    sparsify: null,
    consensus: false,
    normalize: false,
    rescale: false,
    perModel: [],
  },
  {
    name: 'ties',
    title: 'TIES',
    description: 'The largest entries of each update, where they agree with the sign that most of the sum has.',
    source: 'arXiv:2306.01708',
    differences: 'Weights per model, which the vote on the sign sees too; an update that is zero takes no part.',
    mergekitDifferences: `Of equal magnitudes the first are kept. ${fewEntries}`,
    sparsify: byMagnitude,
    consensus: true,
    normalize: true,
    rescale: false,
    perModel: [],
  },
  {
    name: 'dare_ties',
    title: 'DARE TIES',
    description: 'Random entries of each update, rescaled, where they agree on the sign.',
    source: 'arXiv:2311.03099',
    differences: l1Signs,
    mergekitDifferences: otherRandomNumbers,
    sparsify: atRandom,
    consensus: true,
    normalize: false,
    rescale: true,
    perModel: [],
  },
  {
    name: 'dare_linear',
    title: 'DARE linear',
    description: 'Random entries of each update, rescaled, and their weighted sum.',
    source: 'arXiv:2311.03099',
    differences: l1Rescale,
    mergekitDifferences: otherRandomNumbers,
    sparsify: atRandom,
    consensus: false,
    normalize: false,
    rescale: true,
    perModel: [],
  },
  {
    name: 'breadcrumbs',
    title: 'Breadcrumbs',
    description: 'Each update without its outliers and without its smallest entries, and their weighted sum.',
    source: 'arXiv:2312.06795',
    differences: 'The shares are of the tensor, with a share to keep in place of the two shares to drop.',
    mergekitDifferences: breadcrumbTies,
    sparsify: withoutOutliers,
    consensus: false,
    normalize: false,
    rescale: false,
    perModel: [gamma],
  },
  {
    name: 'breadcrumbs_ties',
    title: 'Breadcrumbs TIES',
    description: 'Each update without its outliers and its smallest entries, where they agree on the sign.',
    source: 'arXiv:2312.06795',
    differences: 'The vote on the sign is not in the paper.',
    mergekitDifferences: breadcrumbTies,
    sparsify: withoutOutliers,
    consensus: true,
    normalize: false,
    rescale: false,
    perModel: [gamma],
  },
  {
    name: 'della',
    title: 'DELLA',
    description: 'Random entries of each update, large ones more likely, rescaled, where they agree on the sign.',
    source: 'arXiv:2406.11617',
    differences: 'What is kept is rescaled to its old L1 norm instead of divided by its probability.',
    mergekitDifferences: dellaMergekit,
    sparsify: byRank,
    consensus: true,
    normalize: true,
    rescale: true,
    perModel: [epsilon],
  },
  {
    name: 'della_linear',
    title: 'DELLA linear',
    description: 'Random entries of each update, large ones more likely, rescaled, and their weighted sum.',
    source: 'arXiv:2406.11617',
    differences:
      'What is kept is rescaled to its old L1 norm instead of divided by its probability; no vote on the sign.',
    mergekitDifferences: dellaMergekit,
    sparsify: byRank,
    consensus: false,
    normalize: false,
    rescale: true,
    perModel: [epsilon],
  },
];

export const taskArithmeticMethods: readonly MergeMethod[] = variants.map((variant) => {
  const { name, title, description, source, differences, mergekitDifferences, sparsify, consensus } = variant;
  return {
    name,
    title,
    description,
    source,
    differences,
    mergekitDifferences,
    base: 'required',
    models: { min: 1, max: null },
    perModel: [weight, ...(sparsify ? [density] : []), ...variant.perModel],
    parameters: [normalize(variant.normalize), ...(sparsify ? [rescale(variant.rescale)] : []), lambda],
    seeded: sparsify === atRandom || sparsify === byRank,
    scratchBytes: (models) => (sparsify ? (models + 1) / 8 : 0),
    merge: (inputs) => mergeTaskVectors({ sparsify, consensus }, inputs),
  };
});
