/** What the curves rest on: how many pairs, which were left out, which cannot change. No DOM. */
import type { ProbeCurve, ProbeState } from '../../src/shared/protocol/probe';
import { functionNames } from './series';
import { functionLabel, runLabels } from './wording';

export interface Facts {
  readonly label: string;
  readonly function: string;
  readonly n: number;
  readonly tokens: number;
  readonly unreadable: number;
  readonly sameAnswer: number;
  readonly device: string | null;
}

/** One line per function and run shown, the runs of a function below each other. */
export function factsOf(state: ProbeState): Facts[] {
  const labels = runLabels(state.runs);
  return functionNames(state).flatMap((name) =>
    state.runs.flatMap(({ id, curves, device }) =>
      curves
        .filter((curve) => curve.function === name)
        .map((curve) => ({
          label: labels.get(id)!,
          function: functionLabel(name),
          n: pairs(curve),
          ...curve.skipped,
          sameAnswer: curve.sameAnswer,
          device,
        })),
    ),
  );
}

/** The facts of a function's runs as sentences: one for all where they are the same. */
export function factLines(state: ProbeState, name: string): string[] {
  const labels = runLabels(state.runs);
  const lines = state.runs.flatMap(({ id, curves }) => {
    const curve = curves.find((candidate) => candidate.function === name);
    return curve ? [{ label: labels.get(id)!, text: factSentence(curve) }] : [];
  });
  const texts = [...new Set(lines.map(({ text }) => text))];
  return texts.length === 1 ? texts : lines.map(({ label, text }) => `${label}: ${text}`);
}

function factSentence(curve: ProbeCurve): string {
  const { tokens, unreadable } = curve.skipped;
  const parts = [`n = ${pairs(curve)} pairs`];
  if (tokens > 0) parts.push(`${tokens} skipped (image grids differ)`);
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  if (curve.sameAnswer > 0) parts.push(`${curve.sameAnswer} with equal answers, kept in n`);
  return parts.join(' · ');
}

/** A pair is finished at all layers at once, or nearly: the largest count is that of the pairs begun. */
function pairs({ points }: ProbeCurve): number {
  return Math.max(0, ...points.map(({ n }) => n));
}
