import type { Experiment } from './experiment';
import type { HybridSpec } from './schema';

/** The checkpoints that a hybrid of the experiment takes from, each once, in the order in which it names them. */
export function hybridDonors(spec: HybridSpec, { checkpoints }: Pick<Experiment, 'checkpoints'>): string[] {
  return donorNames(spec, checkpoints);
}

/** As {@link hybridDonors}, of a hybrid that may be only half written. */
export function donorNames(spec: unknown, checkpoints: { has(name: string): boolean }): string[] {
  return [...new Set(textsIn(spec))].filter((name) => checkpoints.has(name));
}

/** Every text of nested values. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
