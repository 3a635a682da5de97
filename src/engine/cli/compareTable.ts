import type { CompareGroup, ComparePhase, CompareSummary } from '../../shared/compareResults';
import { percent } from '../../shared/format';
import { alignColumns } from './alignColumns';

/** A comparison as text: per phase a line per layer, part and region. */
export function compareTable({ phases }: CompareSummary): string {
  return phases.map((phase) => `\n${phaseTable(phase)}`).join('');
}

function phaseTable(phase: ComparePhase): string {
  const { from, to, layers, parts, regions, onlyFrom, onlyTo } = phase;
  const ranked = layers.some(({ stableRank }) => stableRank !== undefined);
  const rows = [
    ...layers.filter(({ layer }) => layer !== null).map((row) => [`${row.part ?? 'other'} ${row.layer}`, row] as const),
    ...regions.map((row) => [row.region, row] as const),
    ...parts.map((row) => [row.part ?? 'other', row] as const),
  ];
  const head = ['', '‖Δ‖', 'of ‖W‖', 'rounding', 'changed', ...(ranked ? ['stable rank', 'effective rank'] : [])];
  const table = alignColumns([head, ...rows.map(([name, row]) => [name, ...cells(row, ranked)])]);
  const apart = [
    [from, onlyFrom],
    [to, onlyTo],
  ] as const;
  const lonely = apart.map(([name, only]) => (only.length > 0 ? `only in ${name}: ${only.join(', ')}\n` : ''));
  return `${from} → ${to}: update energy per layer\n${table}${lonely.join('')}`;
}

function cells(row: CompareGroup, ranked: boolean): string[] {
  const { energy, relativeEnergy, roundingFloor, changedFraction, stableRank, effectiveRank } = row;
  const relative = relativeEnergy === null ? '–' : energy === 0 ? '0' : `${(100 * relativeEnergy).toPrecision(3)} %`;
  const ranks = [stableRank, effectiveRank].map((rank) => (rank === undefined ? '–' : rank.toFixed(1)));
  const size = energy === 0 ? '0' : energy.toPrecision(4);
  return [size, relative, roundingFloor.toPrecision(3), percent(changedFraction), ...(ranked ? ranks : [])];
}
