/** The table of tensors: its columns, its rows, their order. No DOM. */
import type { UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { significant } from '../kit/numbers';
import { shownPhases, type ShownPhase } from './phases';
import { canonicalName, inOrder } from './tensorKinds';
import type { Sort, View } from './view';
import { changedText } from './wording';

export interface TensorColumn {
  readonly id: string;
  readonly title: string;
  readonly value: (tensor: UpdatesTensor) => number | null | undefined;
  readonly text: (value: number) => string;
}

const number = (value: number) => significant(value);
const whole = (value: number) => significant(value, 4);

const tensorColumns: readonly TensorColumn[] = [
  { id: 'energy', title: '‖ΔW‖', value: (tensor) => tensor.energy, text: number },
  { id: 'relative', title: '‖ΔW‖ / ‖W‖', value: (tensor) => tensor.relativeEnergy, text: number },
  { id: 'changed', title: 'Changed', value: (tensor) => tensor.changedFraction, text: changedText },
  { id: 'largest', title: 'Largest |Δ|', value: (tensor) => tensor.largest, text: number },
  { id: 'floor', title: 'Floor', value: (tensor) => tensor.roundingFloor, text: number },
  { id: 'stable', title: 'Stable rank', value: (tensor) => tensor.stableRank, text: whole },
  { id: 'effective', title: 'Effective rank', value: (tensor) => tensor.effectiveRank, text: whole },
  { id: 'cosine', title: 'Cosine', value: (tensor) => tensor.cosine, text: number },
  {
    id: 'previous',
    title: 'Overlap with last phase',
    value: (tensor) => tensor.overlap?.previous,
    text: number,
  },
  { id: 'weights', title: 'Overlap with W', value: (tensor) => tensor.overlap?.weights, text: number },
];

/** One tensor in all phases shown. */
export interface TensorRow {
  readonly name: string;
  readonly cells: readonly { readonly shown: ShownPhase; readonly tensor: UpdatesTensor | undefined }[];
}

/** Those of a phase: without columns that no tensor of it has a number for. */
export function columnsOf({ phase }: ShownPhase): TensorColumn[] {
  const hasNumber = (number: unknown) => number !== null && number !== undefined;
  return tensorColumns.filter(({ value }) => phase.tensors.some((tensor) => hasNumber(value(tensor))));
}

/** Rows whose name has the filter's words, in the order asked for; what has no number comes last. */
export function tensorRows(state: UpdatesState, view: View): TensorRow[] {
  const words = view.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = allRows(shownPhases(state, view)).filter(({ name }) =>
    words.every((word) => name.toLowerCase().includes(word)),
  );
  const column = tensorColumns.find(({ id }) => id === view.sort.column);
  return column ? sorted(rows, column, view.sort) : rows;
}

function allRows(phases: readonly ShownPhase[]): TensorRow[] {
  const found = phases.map(({ phase }) => new Map(phase.tensors.map((tensor) => [canonicalName(tensor.name), tensor])));
  const first = new Map<string, UpdatesTensor>();
  for (const tensors of found) for (const [name, tensor] of tensors) if (!first.has(name)) first.set(name, tensor);
  return inOrder([...first.values()]).map(({ name }) => ({
    name,
    cells: phases.map((shown, i) => ({ shown, tensor: found[i]!.get(canonicalName(name)) })),
  }));
}

function sorted(rows: readonly TensorRow[], { value }: TensorColumn, { phase, descending }: Sort): TensorRow[] {
  const keyed = rows.map((row) => {
    const tensor = row.cells.find(({ shown }) => shown.place === phase)?.tensor;
    return { row, key: (tensor && value(tensor)) ?? null };
  });
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return descending ? b.key - a.key : a.key - b.key;
  });
  return keyed.map(({ row }) => row);
}

/** A click on a column's title: the largest first, then the smallest, then the order of the model. */
export function nextSort(sort: Sort, column: string, phase: number): Sort {
  if (sort.column !== column || sort.phase !== phase) return { column, phase, descending: true };
  return sort.descending ? { column, phase, descending: false } : { column: '', phase: 0, descending: false };
}
