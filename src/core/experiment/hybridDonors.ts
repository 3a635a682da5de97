/**
 * The checkpoints that a hybrid is made of, as the experiment file writes it: the skeleton first, each once. Also of a
 * hybrid that is only half written.
 * @param spec a list of donors, or a mapping with names of checkpoints somewhere in it
 * @param isCheckpoint whether a text is the name of one
 */
export function hybridDonors(spec: unknown, isCheckpoint: (text: string) => boolean): string[] {
  const skeleton = skeletonName(spec);
  const all = [...(skeleton === null ? [] : [skeleton]), ...textsIn(spec)];
  return [...new Set(all)].filter(isCheckpoint);
}

/** Whose configuration, template and processor a hybrid has; null where it does not say. */
export function skeletonName(spec: unknown): string | null {
  const named: unknown = Array.isArray(spec) ? spec[0] : (spec as { skeleton?: unknown } | null)?.skeleton;
  return typeof named === 'string' ? named : null;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
