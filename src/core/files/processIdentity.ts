import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Which process, on which start of which machine: a process id alone is used again. Null where the system has none. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: ticks from boot to the start of the process. */
  readonly startTime: string | null;
  /** Linux: another one after every start of the machine. */
  readonly bootId: string | null;
  readonly host: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const [stat, bootId] = await Promise.all([processStat(process.pid), currentBootId()]);
  return { pid: process.pid, startTime: stat?.startTime ?? null, bootId, host: hostname() };
}

/** Whether a process has surely ended. Nothing is known of other hosts' processes: they count as running. */
export async function hasEnded({ pid, startTime, bootId, host }: ProcessIdentity): Promise<boolean> {
  if (host !== hostname()) return false;
  const boot = await currentBootId();
  if (bootId !== null && boot !== null && bootId !== boot) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'; // EPERM: it runs, under another user
  }
  const stat = await processStat(pid);
  if (stat === null) return false;
  return stat.isZombie || (startTime !== null && startTime !== stat.startTime);
}

/** Null where there is no /proc. */
async function processStat(pid: number): Promise<{ isZombie: boolean; startTime: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The second field is the command in brackets and may hold anything, so fields count from the last bracket.
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { isZombie: state === 'Z' || state === 'X', startTime: fields[18] ?? '' };
}

function currentBootId(): Promise<string | null> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
