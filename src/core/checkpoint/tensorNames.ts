/** Dotted names of tensors, as people read and sort them. */

const collator = new Intl.Collator('en', { numeric: true });

/** Numbers by their value: `layers.2` before `layers.10`. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

/** The pieces that all names begin with; of a single name the first. */
export function commonPrefix(names: readonly string[]): readonly string[] {
  const [first = '', ...others] = names;
  const pieces = first.split('.');
  let length = others.length === 0 ? 1 : pieces.length;
  for (const name of others) {
    const own = name.split('.');
    let same = 0;
    while (same < length && own[same] === pieces[same]) same++;
    length = same;
  }
  return pieces.slice(0, length);
}

/** A name without its prefix; a module and what it is (`q_proj.weight`) always stay. */
export function shorten(name: string, prefix: readonly string[]): string {
  const pieces = name.split('.');
  return pieces.slice(Math.max(0, Math.min(prefix.length, pieces.length - 2))).join('.');
}
