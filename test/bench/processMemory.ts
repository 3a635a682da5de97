import { existsSync, readFileSync } from 'node:fs';

/** Bytes, of another process (Linux). */
export interface ProcessMemory {
  /** The most that ever was resident. */
  readonly peak: number;
  /** The most that was the process's own, and the most that was pages of files. */
  readonly anonymous: number;
  readonly mapped: number;
}

const interval = 20;

/** Watches a process's memory from outside until it is stopped. */
export class MemoryWatch {
  private most: ProcessMemory = { peak: 0, anonymous: 0, mapped: 0 };
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: () => number | undefined) {
    this.timer = setInterval(() => this.sample(), interval);
  }

  /** Call it while the process lives. */
  stop(): ProcessMemory {
    clearInterval(this.timer);
    this.sample();
    return this.most;
  }

  private sample(): void {
    const pid = this.pid();
    if (pid === undefined) return;
    const file = `/proc/${pid}/status`;
    if (!existsSync(file)) return; // it has just ended
    const status = readFileSync(file, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
    this.most = {
      peak: Math.max(this.most.peak, field('VmHWM')),
      anonymous: Math.max(this.most.anonymous, field('RssAnon')),
      mapped: Math.max(this.most.mapped, field('RssFile')),
    };
  }
}
