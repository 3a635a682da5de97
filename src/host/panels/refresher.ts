/**
 * Does the same work again when it is asked to: never twice at a time, never more often than every `interval`
 * milliseconds, and with pauses three times as long as the work took, so that a large run leaves others their turn.
 */
export class Refresher {
  private timer: NodeJS.Timeout | undefined;
  private working = false;
  private asked = false;
  private paused = false;
  /** On the clock of `performance.now()`. */
  private notBefore = 0;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly interval: number,
  ) {}

  request(): void {
    this.asked = true;
    this.schedule();
  }

  /** What is asked for meanwhile is done after {@link resume}. */
  pause(): void {
    this.paused = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  resume(): void {
    this.paused = false;
    this.schedule();
  }

  private schedule(): void {
    if (this.paused || this.working || !this.asked || this.timer) return;
    this.timer = setTimeout(() => void this.run(), Math.max(0, this.notBefore - performance.now()));
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    this.asked = false;
    this.working = true;
    const started = performance.now();
    try {
      await this.work();
    } finally {
      const now = performance.now();
      this.notBefore = Math.max(started + this.interval, now + 3 * (now - started));
      this.working = false;
      this.schedule();
    }
  }
}
