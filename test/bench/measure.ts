/** Times of several repetitions, and how they are told. */

/** One way to do the work: returns its own seconds, or nothing and is timed from outside. */
export type Contender = () => Promise<number | undefined>;

/**
 * Runs the contenders in turn, `repetitions` rounds of it, every other round backwards: what disturbs the machine
 * disturbs all of them.
 * @returns seconds per contender, one per round
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  repetitions: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < repetitions; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const started = performance.now();
      const own = await contenders[name]();
      seconds[name].push(own ?? (performance.now() - started) / 1000);
    }
  }
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times longer `slow` takes than `fast`: medians, and the range of the rounds. */
export function ratio(slow: readonly number[], fast: readonly number[]): { value: number; spread: string } {
  const rounds = slow.map((seconds, round) => seconds / fast[round]);
  return { value: median(slow) / median(fast), spread: `${range(rounds, (x) => x.toFixed(1))}` };
}

/** "1.24 s (1.20–1.31)". */
export function seconds(values: readonly number[]): string {
  return `${show(median(values))} s (${range(values, show)})`;
}

/** "81 ms (78–90)", of values in seconds. */
export function milliseconds(values: readonly number[]): string {
  const whole = (value: number) => (value * 1000).toFixed(Math.abs(value) < 0.01 ? 1 : 0);
  return `${whole(median(values))} ms (${range(values, whole)})`;
}

function range(values: readonly number[], write: (value: number) => string): string {
  return `${write(Math.min(...values))}–${write(Math.max(...values))}`;
}

function show(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Rows of cells, in columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

/** What a number came to against its aim. */
export interface Verdict {
  /** "9.3x over the loop (aim 5x)". */
  readonly text: string;
  /** Null for a number that has no aim. */
  readonly met: boolean | null;
}

/** The last line of a bench. One that misses an aim ends with exit code 1. */
export function conclude(bench: string, verdicts: readonly Verdict[]): void {
  const words = verdicts.map(({ text, met }) => (met === null ? text : `${text}: ${met ? 'met' : 'missed'}`));
  console.log(`${bench}: ${words.join('; ')}`);
  if (verdicts.some(({ met }) => met === false)) process.exitCode = 1;
}
