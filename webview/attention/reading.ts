/** What the result says, in sentences. No DOM. */
import type { AttentionState } from '../../src/shared/protocol/attention';
import { regionNames, regionTitles, roleTitles } from '../../src/shared/vocabulary';
import { percent } from '../../src/shared/format';
import { checkpointLabel, comparisonOf, differencePoints, isSignificant, pointsOf, type Comparison } from './series';
import type { View } from './view';
import { spanTitles } from './wording';

export const caution =
  'Attention is weak evidence by itself: a model can look at what it does not use, and use what earlier layers have ' +
  'carried away from the image. Read it beside what changes when the image or a layer is exchanged.';

/** One sentence on the comparison that is shown, or on the only checkpoint; empty while there is nothing. */
export function readingSentence(state: AttentionState, view: Pick<View, 'pair'>): string {
  const comparison = comparisonOf(state, view);
  const points = comparison ? differencePoints(comparison, 'mass') : [];
  const said = comparison && points.length > 0 ? comparisonReading(state, comparison) : singleReading(state);
  if (!said) return '';
  const soFar = state.run.state === 'finished' ? '' : 'So far: ';
  const sentence = soFar ? said[0]!.toLowerCase() + said.slice(1) : said;
  return `${soFar}${sentence}; ${whatWasRead(state, points[0]?.n ?? largestN(state))}.`;
}

function comparisonReading(state: AttentionState, comparison: Comparison): string {
  const points = differencePoints(comparison, 'mass');
  const { where, mean } = strongest(state, points);
  const from = spokenName(state, comparison.a);
  const to = spokenName(state, comparison.b);
  const significant = points.filter(isSignificant);
  const up = significant.filter(({ value }) => value > 0).length;
  const layers = `${points.length} ${points.length === 1 ? 'layer' : 'layers'}`;
  const size = Math.abs(100 * mean);
  const moved =
    `Attention on the image ${mean < 0 ? 'falls' : 'rises'} from ${from} to ${to} by ` +
    `${size.toFixed(size < 0.95 ? 2 : 1)} points of mass on average ${where}`;
  if (significant.length === 0) return `${moved}, but significantly in none of ${layers}`;
  const mixed = up > 0 && up < significant.length ? ` (${up} rising, ${significant.length - up} falling)` : '';
  return `${moved}, significant in ${significant.length} of ${layers}${mixed}`;
}

/** The region whose mean difference is farthest from zero; all layers where there are no regions. */
function strongest(
  { regions }: AttentionState,
  points: readonly { readonly layer: number; readonly value: number }[],
): { readonly where: string; readonly mean: number } {
  const meanOf = (some: typeof points) => some.reduce((sum, { value }) => sum + value, 0) / some.length;
  const candidates = (regions ? regionNames : []).flatMap((name) => {
    const [from, to] = regions![name];
    const own = points.filter(({ layer }) => layer >= from && layer < to);
    if (own.length === 0) return [];
    const layers = to - from === 1 ? `layer ${from}` : `layers ${from}–${to - 1}`;
    return [{ where: `in ${regionTitles[name]} (${layers})`, mean: meanOf(own) }];
  });
  const [first, ...others] = candidates;
  if (!first) return { where: 'over all layers', mean: meanOf(points) };
  return others.reduce((most, one) => (Math.abs(one.mean) > Math.abs(most.mean) ? one : most), first);
}

function singleReading(state: AttentionState): string {
  const found = state.checkpoints.find(({ name }) => pointsOf(state, name).length > 0);
  if (!found) return '';
  const points = pointsOf(state, found.name);
  const most = points.reduce((best, point) => (point.mass > best.mass ? point : best));
  return `Attention on the image is largest in layer ${most.layer} of ${spokenName(state, found.name)}, ${percent(most.mass)} of all its attention`;
}

/** "all 50 items were read with the answers of IN". */
function whatWasRead(state: AttentionState, n: number): string {
  const { facts } = state;
  const items =
    n === facts.items.length
      ? n === 1
        ? 'the one item was'
        : `all ${n} items were`
      : `${n} of ${facts.items.length} items were`;
  return facts.text === 'own'
    ? `${items} read by each checkpoint with its own answers`
    : `${items} read with the answers of ${spokenName(state, facts.text)}`;
}

/** Which text was read, whose attention counts, and what is missing. */
export function factsSentence(state: AttentionState): string {
  const { facts, summary } = state;
  const text =
    facts.text === 'own'
      ? 'Each checkpoint read its own answers: differences are of models and of texts together.'
      : `All checkpoints read the same text: the answers of ${spokenName(state, facts.text)}.`;
  const count = new Set(summary.leftOut.map(({ id }) => id)).size;
  const left = count === 0 ? '' : ` ${count} ${count === 1 ? 'item was' : 'items were'} left out: see the table.`;
  return `${text} Counted is the attention of ${spanTitles[facts.span]}.${left}`;
}

/** "IN" for a checkpoint that is called as its role is; else as it is listed. */
function spokenName({ checkpoints }: Pick<AttentionState, 'checkpoints'>, name: string): string {
  const found = checkpoints.find((checkpoint) => checkpoint.name === name);
  if (!found) return name;
  const title = found.role && roleTitles[found.role];
  return title && title.toLowerCase() === name.toLowerCase() ? title : checkpointLabel(found);
}

function largestN(state: AttentionState): number {
  return Math.max(0, ...state.checkpoints.flatMap(({ name }) => pointsOf(state, name).map(({ n }) => n)));
}
