/** The state of the Updates panel, from what a run folder says. Pure. */
import { summariseCompare } from '../../core/compare/compareSummary';
import type {
  CompareFacts,
  ComparePhase,
  ComparePreview,
  CompareRow,
  CompareTensor,
} from '../../shared/compareResults';
import type { UpdatesPhase, UpdatesState, UpdatesTensor } from '../../shared/protocol/updates';
import { spectrumRanks } from '../../shared/spectrumRanks';
import { countOf, type UncountedRun } from './runCount';

/** A compare run at a moment. */
export interface CompareRun extends UncountedRun {
  /** Of a step that was never run: what it says, without rows. */
  readonly facts: CompareFacts;
  readonly rows: readonly CompareRow[];
  /** Of tensors whose rows are still to come; what has a row is left out here. */
  readonly ahead: ComparePreview | null;
}

export function updatesState(run: CompareRun, around: Pick<UpdatesState, 'experiment' | 'canRun'>): UpdatesState {
  const { facts, rows, ahead, progress, ...standing } = run;
  const seen = new Set(rows.map(({ key }) => key));
  // Energies are exact before their turn too.
  const early = ahead?.rows.filter(({ key }) => !seen.has(key)) ?? [];
  const waiting = ahead?.estimates.filter(({ key }) => !seen.has(key)) ?? [];
  const estimates = new Map(waiting.map(({ key, ...estimate }) => [key, estimate]));
  const { phases } = summariseCompare(facts, [...rows, ...early]);
  return {
    ...around,
    run: {
      ...standing,
      ...countOf(progress, { done: rows.length, total: facts.rows }),
    },
    phases: phases.map((phase) => updatesPhase(phase, estimates)),
    spectrum: facts.spectrum,
    numLayers: facts.numLayers,
    regions: facts.regions,
  };
}

type Estimate = NonNullable<UpdatesTensor['estimate']>;

function updatesPhase(phase: ComparePhase, estimates: ReadonlyMap<string, Estimate>): UpdatesPhase {
  const tensors = phase.tensors.map((tensor) => {
    const estimate = estimates.get(`${phase.from}→${phase.to}/${tensor.name}`);
    return estimate ? { ...updatesTensor(tensor), estimate } : updatesTensor(tensor);
  });
  return { ...phase, tensors };
}

function updatesTensor({ singularValues, ...tensor }: CompareTensor): UpdatesTensor {
  return singularValues ? { ...tensor, ...cut(singularValues) } : tensor;
}

type Cut = Required<Pick<UpdatesTensor, 'rank' | 'decay'>>;

/** A state is made again and again of the same rows, and a large model has hundreds of long spectra. */
const cuts = new WeakMap<readonly number[], Cut>();

function cut(singularValues: readonly number[]): Cut {
  let known = cuts.get(singularValues);
  if (!known) cuts.set(singularValues, (known = { rank: singularValues.length, decay: decayOf(singularValues) }));
  return known;
}

/** To four decimals: more cannot be seen, and costs every message. */
function decayOf(singularValues: readonly number[]): number[] {
  const first = singularValues[0] ?? 0;
  const decay: number[] = [];
  for (const rank of spectrumRanks(singularValues.length)) {
    const value = singularValues[rank - 1]!;
    if (!(value > 0)) break;
    decay.push(Math.round(1e4 * Math.log10(value / first)) / 1e4);
  }
  return decay;
}
