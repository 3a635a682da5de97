/**
 * Whose configuration, template, tokenizer and processor a hybrid of an experiment file has: the first of a list, the
 * skeleton, or of a computed merge its base, else its first model. Null for a hybrid that does not say yet.
 */
export function skeletonName(spec: unknown): string | null {
  const { skeleton, base, models } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  const model = Array.isArray(models) ? (models[0] as { model?: unknown } | null)?.model : undefined;
  const name: unknown = Array.isArray(spec) ? spec[0] : (skeleton ?? base ?? model);
  return typeof name === 'string' ? name : null;
}
