/** The state of the Probe panel, from what run folders say. Pure. */
import type { RunProgress } from '../../shared/protocol/engine';
import type { ProbeComparison, ProbeCurve, ProbeRun, ProbeState } from '../../shared/protocol/probe';
import type { RunState } from '../../shared/protocol/run';
import type { Role } from '../../shared/vocabulary';
import { compareSwaps } from './compareSwaps';
import { swapProgress } from './swapProgress';
import { summariseSwap, type SwapFacts, type SwapRow } from './swapSummary';

/** A swap run at a moment. */
export interface SwapRun {
  readonly id: string;
  readonly role: Role | null;
  /** Null when the step was never run. */
  readonly state: RunState | null;
  /** False when somebody else runs it. */
  readonly mine: boolean;
  readonly message: string | null;
  readonly device: string | null;
  /** What whoever runs it told last; null when that is somebody else, or it does not run. */
  readonly progress: Pick<RunProgress, 'done' | 'total' | 'secondsLeft' | 'memory'> | null;
  /** Of a step that was never run: what it says, without pairs. */
  readonly facts: SwapFacts;
  readonly rows: readonly SwapRow[];
}

/** What may be laid over: a swap run with results. */
export interface Overlay extends Pick<SwapFacts, 'checkpoint' | 'mode' | 'layers'> {
  readonly id: string;
}

/** @param runs those shown, the panel's own first */
export function probeState(
  runs: readonly [SwapRun, ...SwapRun[]],
  overlays: readonly Overlay[],
  around: Pick<ProbeState, 'experiment' | 'numLayers' | 'regions' | 'canRun'>,
): ProbeState {
  const [own, ...laidOver] = runs;
  const others = overlays.filter(({ id, layers }) => id !== own.id && sameLayers(layers, own.facts.layers));
  return {
    ...around,
    runs: runs.map(probeRun),
    others: others.map(({ id, checkpoint, mode }) => ({ id, checkpoint, mode })),
    comparisons: laidOver.filter((other) => own.rows.length > 0 && other.rows.length > 0).map((b) => compare(own, b)),
  };
}

function probeRun({ id, role, state, mine, message, device, progress, facts, rows }: SwapRun): ProbeRun {
  const { checkpoint, mode, window } = facts;
  const { done, total } = progress && progress.total > 0 ? progress : swapProgress(facts, rows);
  return {
    id,
    checkpoint,
    role,
    mode,
    window,
    state,
    mine,
    done,
    total,
    secondsLeft: progress?.secondsLeft ?? null,
    ...(progress?.memory ? { memory: progress.memory } : {}),
    message,
    device,
    curves: curvesOf(facts, rows, state === 'finished'),
  };
}

function curvesOf(facts: SwapFacts, rows: readonly SwapRow[], complete: boolean): ProbeCurve[] {
  const { functions, skipped, sameAnswer } = summariseSwap(facts, rows, complete);
  return Object.entries(functions).map(([name, points]) => ({
    function: name,
    points,
    skipped: skipped[name]!,
    sameAnswer: sameAnswer[name]!,
  }));
}

/** Functions in the order of the panel's own run. */
function compare(a: SwapRun, b: SwapRun): ProbeComparison {
  const found = compareSwaps(a.rows, b.rows);
  const differences = Object.keys(a.facts.functions).flatMap((name) => {
    const points = found.get(name);
    return points ? [{ function: name, points }] : [];
  });
  return { a: a.id, b: b.id, differences };
}

function sameLayers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((layer, i) => layer === b[i]);
}
