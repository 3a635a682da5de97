import { duration } from '../../shared/format';
import type { RunProgress } from '../../shared/protocol/engine';

const width = 28;

/** A line on standard error that shows how far a step is; plain lines where it is no terminal. */
export class ProgressBar {
  private shown = '';
  private readonly live = process.stderr.isTTY;

  constructor(private readonly step: string) {}

  show({ phase, done, total, unit, secondsLeft }: RunProgress): void {
    if (phase === 'preparing') return this.draw(`${this.step}: preparing`);
    const filled = Math.round((width * done) / Math.max(1, total));
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    const left = secondsLeft === null || done === total ? '' : `, ${duration(secondsLeft)} left`;
    this.draw(`${this.step} ${bar} ${done}/${total} ${unit}${left}`);
  }

  /** A line that stays, above the bar. */
  log(message: string): void {
    this.clear();
    process.stderr.write(`${this.step}: ${message}\n`);
    if (this.live && this.shown) process.stderr.write(this.shown);
  }

  end(): void {
    if (this.live && this.shown) process.stderr.write('\n');
    this.shown = '';
  }

  private draw(line: string): void {
    if (this.live) {
      this.clear();
      process.stderr.write(line);
      this.shown = line;
    }
  }

  private clear(): void {
    if (this.live) process.stderr.write('\r\u001b[2K');
  }
}
