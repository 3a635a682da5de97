/** Knows what `look` found until it may have changed; never looks twice at a time. */
export class LookAround {
  private looking: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly look: () => Promise<void>) {}

  /** What was found may have changed. */
  invalidate(): void {
    this.looking = undefined;
  }

  /** Resolves when what is around is known, and known anew when it may have changed. */
  known(): Promise<void> {
    return (this.looking ??= this.last = this.last.then(() => this.look()));
  }
}
