import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';

/**
 * Bytes of memory that this process may still take. Inside of a limit (a container's, a batch job's) Node counts every
 * page of a file that was read as taken, mapped weights too; the system drops those when it must, so they are free.
 */
export function availableMemory(): number {
  const available = process.availableMemory();
  const droppable = droppableInGroup();
  return droppable === 0 ? available : Math.min(available + droppable, Math.max(available, freemem()));
}

/** Of this process's control group; 0 where there is none, or it has no limit of its own to count for. */
function droppableInGroup(): number {
  if (process.platform !== 'linux' || process.constrainedMemory() === 0) return 0;
  try {
    const group = /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    return group === undefined ? 0 : fileBytes(readFileSync(path.join('/sys/fs/cgroup', group, 'memory.stat'), 'utf8'));
  } catch {
    return 0; // the first version of control groups, or the top one, which has no such file
  }
}

/** @param statistics of a control group, as the kernel writes memory.stat */
export function fileBytes(statistics: string): number {
  const counts = [...statistics.matchAll(/^(?:in)?active_file (\d+)$/gm)];
  return counts.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
