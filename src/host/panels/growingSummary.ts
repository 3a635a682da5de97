import type { RunState } from '../../shared/protocol/run';

/** While a run goes on, this share of the time at most goes into its summary: thousands of resamples block the window. */
const share = 0.1;

/** The summary of a run's rows as they grow. */
export class GrowingSummary<Facts, Row extends { readonly key: string }, Summary> {
  private known: { readonly print: string; readonly summary: Summary } | undefined;
  private restUntil = 0;

  /** @param now milliseconds, of any clock that only goes forward */
  constructor(
    private readonly summarise: (facts: Facts, rows: readonly Row[], complete: boolean) => Summary,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** While it runs, a summary of a moment ago may do. */
  of(facts: Facts, rows: readonly Row[], state: RunState | null): Summary {
    const print = JSON.stringify([facts, state === 'finished', rows.length, rows.at(-1)?.key]);
    const started = this.now();
    const { known } = this;
    if (known && (known.print === print || (state === 'running' && started < this.restUntil))) return known.summary;
    const summary = this.summarise(facts, rows, state === 'finished');
    const ended = this.now();
    this.restUntil = ended + (ended - started) / share;
    this.known = { print, summary };
    return summary;
  }
}
