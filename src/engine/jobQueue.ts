/** Jobs run one after another: two at once would share the cores and the memory, and both be slower. */
export class JobQueue {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `job` when those before it have ended. A job whose signal aborts while it waits never starts. */
  run<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const result = this.last.then(() => {
      signal.throwIfAborted();
      return job();
    });
    this.last = result.catch(() => undefined);
    return result;
  }
}
