/** Whether a computation fits where it is to run, before anything is loaded, and what may be done where it does not. */
import { bytes as formatBytes } from '../../shared/format';
import { choiceSentence, type MemoryChoice } from '../../shared/memoryChoices';
import type { MemoryEstimate } from '../../shared/protocol/engine';
import type { Device } from '../../shared/vocabulary';

/** What a computation needs, estimated from sizes alone; bytes. */
export interface MemoryNeed extends Pick<MemoryEstimate, 'mapped' | 'working'> {
  /** What to change where no choice is left, as sentences. */
  readonly advice: string;
  /** Where the step has a "batch": what it is, and what is needed with another. */
  readonly batch?: { readonly now: number; working(batch: number): number };
}

/** Where it is to run. */
export interface MemoryPlace {
  readonly device: Device;
  /** Bytes that this process may still take. */
  readonly available: number;
  /** Bytes of a GPU that are free; null where it does not tell. */
  readonly deviceFree: number | null;
}

export interface MemoryPlan {
  /** `slow`: it fits without its weights, which are then read from disk again and again. */
  readonly verdict: 'fits' | 'slow' | 'tooBig';
  /** The numbers, as the end of a sentence: "needs … ; … are free". */
  readonly text: string;
  /** The better ones first. */
  readonly choices: readonly MemoryChoice[];
  /** What to do, as sentences. */
  readonly mend: string;
}

/**
 * Lays what is needed beside what there is. The processor reads weights in their mapped files, which the system drops
 * from memory when it must; on a GPU they have to fit beside everything else.
 */
export function planMemory(need: MemoryNeed, { device, available, deviceFree }: MemoryPlace): MemoryPlan {
  const { mapped, working } = need;
  if (device === 'cpu') {
    const text = `needs ${formatBytes(working)} beside ${formatBytes(mapped)} of mapped weights; ${formatBytes(available)} are free`;
    if (working > available) return tooBig(need, text, smallerBatch(need, available));
    if (working + mapped <= available) return { verdict: 'fits', text, choices: [], mend: '' };
    return { ...offered([{ kind: 'stream' }]), verdict: 'slow', text };
  }
  const start = `needs ${formatBytes(working + mapped)} on the device ${device}, weights included`;
  if (deviceFree === null) {
    return { verdict: 'fits', text: `${start}; it does not tell what is free`, choices: [], mend: '' };
  }
  const text = `${start}; ${formatBytes(deviceFree)} are free`;
  if (working + mapped <= deviceFree) return { verdict: 'fits', text, choices: [], mend: '' };
  const processor: MemoryChoice[] = working <= available ? [{ kind: 'cpu' }] : [];
  return tooBig(need, text, [...smallerBatch(need, deviceFree - mapped), ...processor]);
}

function tooBig({ advice }: MemoryNeed, text: string, choices: readonly MemoryChoice[]): MemoryPlan {
  return choices.length > 0
    ? { ...offered(choices), verdict: 'tooBig', text }
    : { verdict: 'tooBig', text, choices, mend: advice };
}

function offered(choices: readonly MemoryChoice[]): Pick<MemoryPlan, 'choices' | 'mend'> {
  return { choices, mend: choices.map(choiceSentence).join(' Or: ') };
}

/** The batch halved until it fits. */
function smallerBatch({ batch }: MemoryNeed, free: number): MemoryChoice[] {
  let size = batch?.now ?? 0;
  while (size > 1) {
    size = Math.floor(size / 2);
    if (batch!.working(size) <= free) return [{ kind: 'batch', batch: size }];
  }
  return [];
}
