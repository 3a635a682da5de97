import { InputError } from '../../shared/errors';
import type { StepKind } from './schema';

/** Why a kind of step is one piece of work; the others can be cut into shards. */
const indivisible: Readonly<Partial<Record<StepKind, string>>> = {
  train: 'Every update needs the last one.',
  merge: 'It writes one folder, whose files are checked together.',
};

export function isShardable(kind: StepKind): boolean {
  return !Object.hasOwn(indivisible, kind);
}

/** @throws InputError for a step that cannot be cut into shards */
export function assertShardable(kind: StepKind, step: string): void {
  if (isShardable(kind)) return;
  throw new InputError(`the ${kind} step "${step}" cannot be cut into shards`, indivisible[kind]);
}
