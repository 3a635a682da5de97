import type { CompareGroup, CompareRow } from '../../shared/compareResults';
import { readCompareFacts, readCompareRows } from '../compare/compareFacts';
import { summariseCompare } from '../compare/compareSummary';
import type { ReportRun } from '../experiment/report/reportRun';
import type { CsvValue } from '../../shared/csv';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const energyColumns = [
  'energy',
  'relativeEnergy',
  'changedFraction',
  'largest',
  'roundingFloor',
  'cosine',
  'stableRank',
  'effectiveRank',
  'logVolume',
] as const;
const placeColumns = ['from', 'to', 'part', 'layer', 'component'] as const;
const tensorColumns = [
  ...placeColumns,
  'name',
  'dtype',
  'shape',
  'fromShape',
  'comparedShape',
  ...energyColumns,
  'spectral',
  'nuclear',
  'fromNorm',
  'toNorm',
  'overlapDimension',
  'overlapPrevious',
  'overlapWeights',
  'nan',
  'infinite',
  'skipped',
] as const;
const groupColumns = [
  'group',
  ...placeColumns,
  'region',
  'tensors',
  ...energyColumns,
  'authorsFroNormMean',
  'authorsFroNormSum',
  'authorsRelativeNormMean',
] as const;
const valueColumns = ['from', 'to', 'name', 'rank', 'singularValue'] as const;

/**
 * A compare run as tables: its tensors, the groups they fall into (layers, components, parts, regions), and, of a run
 * with a spectrum, the singular values. Null when the folder does not say a comparison.
 */
export function compareTables({ id, manifest, rows }: ReportRun): ExportedFile[] | null {
  const facts = readCompareFacts(manifest.facts);
  if (!facts) return null;
  const own = readCompareRows(rows);
  const groups = summariseCompare(facts, own).phases.flatMap(({ from, to, layers, components, parts, regions }) => {
    const all = { layer: layers, component: components, part: parts, region: regions };
    return Object.entries(all).flatMap(([group, members]: [string, readonly CompareGroup[]]) =>
      members.map((member) => ({ ...groupLine(member), group, from, to })),
    );
  });
  const values = own.flatMap(({ from, to, name, singularValues = [] }) =>
    singularValues.map((singularValue, i) => ({ from, to, name, rank: i + 1, singularValue })),
  );
  return [
    { name: `${id}.csv`, content: csvTable(tensorColumns, own.map(tensorLine)) },
    { name: `${id}.summary.csv`, content: csvTable(groupColumns, groups) },
    ...(facts.spectrum ? [{ name: `${id}.singularValues.csv`, content: csvTable(valueColumns, values) }] : []),
  ];
}

type Line<C extends string> = Partial<Record<C, CsvValue>>;

function tensorLine(row: CompareRow): Line<(typeof tensorColumns)[number]> {
  const { shape, fromShape, comparedShape, overlap, notFinite, ...fields } = row;
  return {
    ...fields,
    shape: sizes(shape),
    fromShape: sizes(fromShape),
    comparedShape: sizes(comparedShape),
    overlapDimension: overlap?.dimension,
    overlapPrevious: overlap?.previous,
    overlapWeights: overlap?.weights,
    nan: notFinite?.nan,
    infinite: notFinite?.infinite,
  };
}

function groupLine({ authors, ...fields }: CompareGroup): Line<(typeof groupColumns)[number]> {
  return {
    ...fields,
    authorsFroNormMean: authors?.froNormMean,
    authorsFroNormSum: authors?.froNormSum,
    authorsRelativeNormMean: authors?.relativeNormMean,
  };
}

function sizes(shape: readonly number[] | undefined): string | undefined {
  return shape?.join('x');
}
