/** A phase, or several, as people write them. */
interface Phase {
  readonly from: string;
  readonly to: string;
}

/** "base → in" */
export function phaseTitle({ from, to }: Phase): string {
  return `${from} → ${to}`;
}

/** "base → in → rl" of a chain, "base → in, base → rl" otherwise. */
export function chainTitle(phases: readonly Phase[]): string {
  return phases
    .map(({ from, to }, i) =>
      i === 0 ? `${from} → ${to}` : phases[i - 1]!.to === from ? ` → ${to}` : `, ${from} → ${to}`,
    )
    .join('');
}
