import { namedRandom } from '../statistics/namedRandom';

/** Random choices for one thing with a name: the same for the same seed and name, whatever else is drawn. */
export class Draw {
  private readonly next: () => number;

  constructor(seed: number, name: string) {
    this.next = namedRandom(seed, name);
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  one<T>(of: readonly T[]): T {
    return of[this.whole(0, of.length - 1)]!;
  }

  /** `count` different ones, in random order (the first steps of Fisher and Yates' shuffle). */
  some<T>(of: readonly T[], count: number): T[] {
    const left = [...of];
    for (let i = 0; i < count; i++) {
      const other = this.whole(i, left.length - 1);
      [left[i], left[other]] = [left[other]!, left[i]!];
    }
    return left.slice(0, count);
  }
}

/**
 * Whole numbers below `size` in random order, each once, as many as are asked for. Only those that moved are kept: a
 * shuffle of millions costs as much as is taken of it.
 */
export function* shuffledNumbers(size: number, draw: Draw): Generator<number> {
  const moved = new Map<number, number>();
  for (let i = 0; i < size; i++) {
    const other = draw.whole(i, size - 1);
    const taken = moved.get(other) ?? other;
    moved.set(other, moved.get(i) ?? i);
    moved.delete(i);
    yield taken;
  }
}
