/** How far a run is: from who runs it here, else from its folder. Pure. */
import { readCompareFacts, readCompareRows } from '../../core/compare/compareFacts';
import { readEvaluateFacts, readEvaluateRows } from '../../core/evaluate/evaluateFacts';
import type { Row } from '../../core/experiment/step';
import { readAblateFacts, readAblateRows } from '../../core/probe/ablateFacts';
import { readAttentionFacts, readAttentionRows } from '../../core/probe/attentionFacts';
import { readSwapFacts, readSwapRows } from '../../core/probe/swapFacts';
import { swapProgress } from '../../core/probe/swapProgress';
import { readTrainFacts, readTrainRows } from '../../core/train/trainFacts';
import type { RunView } from '../experiments/runs';
import { plannedAnswers } from '../panels/abilitiesState';
import { itemsDone } from '../panels/attentionState';
import { plannedVariants } from '../panels/reasoningState';

/** Units of work done and planned. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Plural. */
  readonly unit: string;
}

/** By kind of step, from a manifest's facts and the rows; null where the facts are not of that kind. */
const countings: Readonly<Record<string, (facts: unknown, rows: readonly Row[]) => Progress | null>> = {
  swap: (facts, rows) => {
    const read = readSwapFacts(facts);
    return read && { ...swapProgress(read, readSwapRows(rows)), unit: 'pairs' };
  },
  compare: (facts, rows) => {
    const read = readCompareFacts(facts);
    return read && { done: readCompareRows(rows).length, total: read.rows, unit: 'tensors' };
  },
  ablate: (facts, rows) => {
    const read = readAblateFacts(facts);
    return read && { done: readAblateRows(rows).length, total: plannedVariants(read), unit: 'answers' };
  },
  attention: (facts, rows) => {
    const read = readAttentionFacts(facts);
    const total = read && read.items.length * read.checkpoints.length;
    return total === null ? null : { done: itemsDone(readAttentionRows(rows)), total, unit: 'items' };
  },
  evaluate: (facts, rows) => {
    const read = readEvaluateFacts(facts);
    return read && { done: readEvaluateRows(rows).length, total: plannedAnswers(read), unit: 'answers' };
  },
  train: (facts, rows) => {
    const read = readTrainFacts(facts);
    return read && { done: readTrainRows(rows).length, total: read.steps, unit: 'steps' };
  },
};

/** Null while nobody knows. */
export function progressOf({ progress, snapshot }: Pick<RunView, 'progress' | 'snapshot'>): Progress | null {
  if (progress && progress.total > 0) return { done: progress.done, total: progress.total, unit: progress.unit };
  const kind = snapshot?.manifest.kind;
  const counting = kind !== undefined && Object.hasOwn(countings, kind) ? countings[kind] : undefined;
  return snapshot && counting ? counting(snapshot.manifest.facts, snapshot.rows) : null;
}
