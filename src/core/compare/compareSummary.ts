/** From the rows of a `compare` run to its summary: root sums of squares per layer, component, part and region. */
import type {
  CompareComponent,
  CompareFacts,
  CompareGroup,
  CompareLayer,
  ComparePart,
  ComparePhase,
  CompareRegion,
  CompareRow,
  CompareSummary,
} from '../../shared/compareResults';
import { components, parts, regionNames } from '../../shared/vocabulary';
import { countElements } from '../checkpoint/shapes';

/** @param rows those there are so far, in any order */
export function summariseCompare(facts: CompareFacts, rows: readonly CompareRow[]): CompareSummary {
  return { phases: facts.phases.map((_, phase) => summarisePhase(facts, phase, rows)) };
}

function summarisePhase(facts: CompareFacts, phase: number, rows: readonly CompareRow[]): ComparePhase {
  const { from, to, onlyFrom, onlyTo } = facts.phases[phase]!;
  const own = rows.filter((row) => row.from === from && row.to === to);
  const follows = facts.phases.some((other, i) => i < phase && other.to === from);
  const group = (members: readonly CompareRow[]) => summariseGroup(members, follows);
  return {
    from,
    to,
    tensors: own.map(({ key: _key, from: _from, to: _to, ...tensor }) => tensor),
    layers: layersOf(own, group),
    components: componentsOf(own, group),
    parts: partsOf(own, group),
    regions: regionsOf(own, facts, group),
    onlyFrom,
    onlyTo,
  };
}

type Summarise = (members: readonly CompareRow[]) => CompareGroup;

function layersOf(rows: readonly CompareRow[], summarise: Summarise): CompareLayer[] {
  return inPlace(
    groupBy(rows, ({ part, layer }) => ({ part, layer })),
    summarise,
  );
}

function componentsOf(rows: readonly CompareRow[], summarise: Summarise): CompareComponent[] {
  return inPlace(
    groupBy(rows, ({ part, layer, component }) => ({ part, layer, component })),
    summarise,
  );
}

function partsOf(rows: readonly CompareRow[], summarise: Summarise): ComparePart[] {
  return inPlace(
    groupBy(rows, ({ part }) => ({ part })),
    summarise,
  );
}

function regionsOf(rows: readonly CompareRow[], { regions }: CompareFacts, summarise: Summarise): CompareRegion[] {
  if (!regions) return [];
  return regionNames.flatMap((region) => {
    const [first, end] = regions[region];
    const members = rows.filter(
      ({ part, layer }) => part === 'languageModel' && layer !== null && layer >= first && layer < end,
    );
    return members.length === 0 ? [] : [{ region, ...summarise(members) }];
  });
}

/** Numbers of many tensors as if they were one. */
function summariseGroup(rows: readonly CompareRow[], follows: boolean): CompareGroup {
  const counted = rows.filter(({ skipped }) => skipped === undefined);
  const energy = rootSumSquare(counted.map((row) => row.energy!));
  const fromNorm = rootSumSquare(counted.map((row) => row.fromNorm!));
  const entries = sum(counted.map(comparedEntries));
  return {
    energy,
    relativeEnergy: relativeTo(energy, fromNorm),
    changedFraction:
      entries === 0 ? 0 : sum(counted.map((row) => row.changedFraction! * comparedEntries(row))) / entries,
    largest: counted.reduce((largest, row) => Math.max(largest, row.largest!), 0),
    roundingFloor: rootSumSquare(counted.map((row) => row.roundingFloor!)),
    cosine: cosineOf(counted),
    ...ranks(counted),
    tensors: counted.length,
    ...authorsOf(counted, follows),
  };
}

/** ‖Δ‖ / ‖W‖; 0 for a zero update, null where only W is zero. */
export function relativeTo(energy: number, norm: number): number | null {
  if (energy === 0) return 0;
  return norm === 0 ? null : energy / norm;
}

/** Entries of a tensor that its numbers are made of. */
export function comparedEntries({ shape, comparedShape, notFinite }: CompareRow): number {
  const entries = countElements(comparedShape ?? shape);
  return entries - (notFinite ? notFinite.nan + notFinite.infinite : 0);
}

function cosineOf(rows: readonly CompareRow[]): number | null {
  const both = rows.filter((row) => row.previous !== undefined);
  const norms = rootSumSquare(both.map((row) => row.energy!)) * rootSumSquare(both.map((row) => row.previous!.energy));
  return norms === 0 ? null : sum(both.map((row) => row.previous!.product)) / norms;
}

function ranks(rows: readonly CompareRow[]): Pick<CompareGroup, 'stableRank' | 'effectiveRank' | 'logVolume'> {
  const matrices = rows.filter(({ stableRank }) => stableRank !== undefined);
  if (matrices.length === 0) return {};
  const volumes = matrices.flatMap(({ logVolume }) => (typeof logVolume === 'number' ? [logVolume] : []));
  return {
    stableRank: mean(matrices.map((row) => row.stableRank!)),
    effectiveRank: mean(matrices.map((row) => row.effectiveRank!)),
    ...(volumes.length === matrices.length ? { logVolume: mean(volumes) } : {}),
  };
}

/**
 * The authors' aggregate (paper §3.6; calc_energy in their code): over weights whose name has no "norm", the mean and the
 * sum of the norms, relative to the middle checkpoint of the chain in both phases.
 */
function authorsOf(rows: readonly CompareRow[], follows: boolean): Pick<CompareGroup, 'authors'> {
  const weights = rows.filter(({ name }) => name.includes('weight') && !name.includes('norm'));
  if (weights.length === 0) return {};
  const norms = weights.map((row) => row.energy!);
  const relative = weights.map((row) => relativeTo(row.energy!, (follows ? row.fromNorm : row.toNorm)!) ?? 0);
  return { authors: { froNormMean: mean(norms), froNormSum: sum(norms), relativeNormMean: mean(relative) } };
}

interface Place {
  readonly part: CompareRow['part'];
  readonly layer?: CompareRow['layer'];
  readonly component?: CompareRow['component'];
}

function groupBy<P extends Place>(rows: readonly CompareRow[], placeOf: (row: CompareRow) => P) {
  const groups = new Map<string, { place: P; members: CompareRow[] }>();
  for (const row of rows) {
    const place = placeOf(row);
    const key = JSON.stringify(place);
    const group = groups.get(key);
    if (group) group.members.push(row);
    else groups.set(key, { place, members: [row] });
  }
  return [...groups.values()];
}

/** Part by part in the order of the model, within it what is outside of layers, then the layers. */
function inPlace<P extends Place>(
  groups: readonly { place: P; members: readonly CompareRow[] }[],
  summarise: Summarise,
): (P & CompareGroup)[] {
  const order = (list: readonly unknown[], item: unknown) => (list.includes(item) ? list.indexOf(item) : list.length);
  const sorted = [...groups].sort(
    ({ place: a }, { place: b }) =>
      order(parts, a.part) - order(parts, b.part) ||
      (a.layer ?? -1) - (b.layer ?? -1) ||
      order(components, a.component) - order(components, b.component),
  );
  return sorted.map(({ place, members }) => ({ ...place, ...summarise(members) }));
}

function rootSumSquare(values: readonly number[]): number {
  return Math.sqrt(sum(values.map((value) => value * value)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
