/**
 * `round(share, 4)` as Python does it: to the nearest, of two equally near ones to the even. Equally near are only odd
 * multiples of 1/32: other binary fractions do not end in a five at the fifth decimal.
 */
export function pythonRound4(share: number): number {
  const halves = 32 * share;
  if (!Number.isInteger(halves) || halves % 2 === 0) return Number(share.toFixed(4));
  const below = Math.floor(1e4 * share);
  return (below % 2 === 0 ? below : below + 1) / 1e4;
}

/** A name as a part of a file's, as the authors' `sanitize_model_name` has it; names that become equal are numbered. */
export function authorsNames(names: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set<string>();
  return new Map(
    names.map((name) => {
      const plain = name.replace(/[^a-zA-Z0-9_.-]+/g, '_').replace(/^\.*$/, '_');
      let own = plain;
      for (let number = 2; used.has(own); number++) own = `${plain}_${number}`;
      used.add(own);
      return [name, own];
    }),
  );
}
