import type { NamedCheckpoint } from '../../core/experiment/experiment';
import { regionNames, regionTitles } from '../../shared/vocabulary';

/** One of the hybrids of arXiv 2602.12395, Table 2. */
export interface PaperHybrid {
  /** `IN:RL:RL`. */
  readonly label: string;
  readonly spec: readonly [string, string, string];
  /** A sign per region: ▱ of the first checkpoint, ▰ of the second. */
  readonly picture: string;
  readonly detail: string;
}

/** Early, Mid and Late from the first (0) or the second (1) checkpoint, in the order of the paper's table. */
const recipes = [
  [0, 1, 1],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 0],
  [0, 1, 0],
  [1, 0, 1],
] as const;

/**
 * The six hybrids of IN and RL, or of the last two checkpoints where roles are not told.
 * @param skeleton only those whose Early layers are of this checkpoint, which is one of the two
 */
export function paperHybrids(checkpoints: readonly NamedCheckpoint[], skeleton: string | null): PaperHybrid[] {
  const withRole = (role: string) => checkpoints.find((one) => one.role === role)?.name;
  const all = checkpoints.map(({ name }) => name);
  const partners = [withRole('rl'), withRole('in'), ...all].filter((name) => name !== undefined && name !== skeleton);
  const pair =
    skeleton === null ? [withRole('in') ?? all.at(-2), withRole('rl') ?? all.at(-1)] : [skeleton, partners[0]];
  const [first, second] = pair;
  if (first === undefined || second === undefined || first === second) return [];
  return recipes
    .filter(([early]) => skeleton === null || early === 0)
    .map((recipe) => {
      const spec = recipe.map((which) => (which === 0 ? first : second)) as [string, string, string];
      return {
        label: spec.map((name) => name.toUpperCase()).join(':'),
        spec,
        picture: recipe.map((which) => (which === 0 ? '▱' : '▰')).join(''),
        detail: regionNames.map((region, i) => `${regionTitles[region]} from ${spec[i]}`).join(', '),
      };
    });
}
