import type { StepKind } from './schema';

/** The kinds of steps that this version runs; `runExperimentStep` has a planner for each. */
export const runnableKinds = [
  'swap',
  'ablate',
  'attention',
  'compare',
  'evaluate',
  'merge',
  'train',
] as const satisfies readonly StepKind[];
export type RunnableKind = (typeof runnableKinds)[number];

export function isRunnable(kind: StepKind): kind is RunnableKind {
  return (runnableKinds as readonly StepKind[]).includes(kind);
}
