/** Plain values as a YAML file has them. */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isDefined([, value]: readonly [string, unknown]): boolean {
  return value !== undefined;
}

/** Equal as files are: an undefined field is one that is not there, and the order of keys says nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (!isRecord(a) || !isRecord(b)) return Object.is(a, b);
  const [left, right] = [a, b].map((value) => Object.entries(value).filter(isDefined));
  return (
    left!.length === right!.length && left!.every(([key, value]) => Object.hasOwn(b, key) && sameValue(value, b[key]))
  );
}
