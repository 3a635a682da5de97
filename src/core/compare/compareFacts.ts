import * as z from 'zod';
import { once } from '../../shared/once';
import type { CompareFacts, CompareRow } from '../../shared/compareResults';
import { components, parts } from '../../shared/vocabulary';
import type { Row } from '../experiment/step';

/** What a run folder says of a comparison, checked: another version, another program or a person may have written it. */

const factsSchema = once(() => {
  const names = z.array(z.string());
  const range = z.tuple([z.int().min(0), z.int().min(0)]);
  return z.object({
    phases: z.array(z.object({ from: z.string(), to: z.string(), onlyFrom: names, onlyTo: names })).min(1),
    spectrum: z.boolean(),
    numLayers: z.int().min(0),
    regions: z.object({ early: range, mid: range, late: range }).nullable(),
    rows: z.int().min(0),
  });
});

/** The facts of a compare run's manifest; null when they are none. */
export function readCompareFacts(facts: unknown): CompareFacts | null {
  return factsSchema().safeParse(facts).data ?? null;
}

/** What lines were found to be: a reader gives the same ones again and again, and a spectrum has thousands of values. */
const known = new WeakMap<Row, boolean>();

/** The lines that are a comparison's. */
export function readCompareRows(rows: readonly Row[]): CompareRow[] {
  return rows.filter((row): row is CompareRow => {
    let is = known.get(row);
    if (is === undefined) known.set(row, (is = isCompareRow(row)));
    return is;
  });
}

type Unchecked = Partial<Record<keyof CompareRow, unknown>>;

function isCompareRow(row: Row): boolean {
  const { from, to, name, dtype, part, layer, component, shape, skipped } = row as Unchecked;
  return (
    [from, to, name, dtype].every((field) => typeof field === 'string') &&
    (part === null || parts.some((known) => known === part)) &&
    (layer === null || Number.isSafeInteger(layer)) &&
    (component === null || components.some((known) => known === component)) &&
    isNumbers(shape) &&
    (typeof skipped === 'string' || hasNumbers(row))
  );
}

function hasNumbers(row: Unchecked): boolean {
  const { energy, relativeEnergy, changedFraction, largest, roundingFloor, fromNorm, toNorm } = row;
  const numbers = [energy, changedFraction, largest, roundingFloor, fromNorm, toNorm];
  return numbers.every(isNumber) && (relativeEnergy === null || isNumber(relativeEnergy)) && hasSoundSpectrum(row);
}

function hasSoundSpectrum({ singularValues, stableRank, effectiveRank, spectral, nuclear }: Unchecked): boolean {
  if (singularValues === undefined) return stableRank === undefined && effectiveRank === undefined;
  return isNumbers(singularValues) && [stableRank, effectiveRank, spectral, nuclear].every(isNumber);
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isNumber);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
