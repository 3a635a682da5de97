/** Sets of positions in a tensor, a bit each. */

export function noPositions(length: number): Uint8Array {
  return new Uint8Array((length + 7) >> 3);
}

export function addPosition(set: Uint8Array, i: number): void {
  set[i >> 3]! |= 1 << (i & 7);
}

export function hasPosition(set: Uint8Array, i: number): boolean {
  return ((set[i >> 3]! >> (i & 7)) & 1) === 1;
}

/** Takes what is in `other` out of `set`. */
export function removePositions(set: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < set.length; i++) set[i]! &= ~other[i]!;
}
