/** The words in which the wizard speaks. No DOM. */
import { bytes, duration } from '../../src/shared/format';
import type { MergeColumn, MergeCost, MergeProblem, MergeState, TriedAnswer } from '../../src/shared/protocol/merge';

const gravity = ['error', 'warning', 'note'] as const;

/** The gravest of a hybrid's problems; null where there are none. */
export function worstOf(problems: readonly MergeProblem[]): MergeProblem['severity'] | null {
  return gravity.find((severity) => problems.some((problem) => problem.severity === severity)) ?? null;
}

/** What the hybrid is, in a line. */
export function formSentence(column: MergeColumn): string {
  if (column.kind === 'arithmetic') return `Computed: ${column.recipe.method} of ${column.used.join(', ')}`;
  return column.form === 'list' ? 'Three donors: Early, Mid, Late' : 'Each part named';
}

/** What a trial and a merge cost, before they are begun. */
export function costLines(kind: MergeColumn['kind'], cost: MergeCost): { trial: string; merge: string } {
  const { bytes: size, diskFree, memoryFree, writeSpeed, sharesBlocks } = cost;
  const disk = diskFree === null ? [] : [`${bytes(diskFree)} free on the disk`];
  const seconds = writeSpeed === null ? null : size / writeSpeed;
  const time = seconds === null ? [] : [`${aboutText(seconds)}, as fast as the last one here`];
  const shared =
    sharesBlocks === null || kind === 'arithmetic' ? [] : [`${sharesBlocks} shares the blocks of whole shards`];
  return {
    trial: [
      kind === 'transplant'
        ? `Nothing is written: ${bytes(size)} of the donors’ weights are mapped`
        : `${bytes(size)} of weights are computed into a cache, once`,
      `${bytes(memoryFree)} of memory free`,
    ].join(' · '),
    merge: [`${bytes(size)} to write`, ...disk, ...time, ...shared].join(' · '),
  };
}

function aboutText(seconds: number): string {
  return seconds < 1 ? 'less than a second' : `about ${duration(seconds)}`;
}

/** Why a merge has no room; null where it has. */
export function noRoom({ bytes: size, diskFree }: MergeCost): string | null {
  return diskFree !== null && diskFree < size ? `It takes ${bytes(size)}, and ${bytes(diskFree)} are free.` : null;
}

export const untrusted = 'Nothing runs in an untrusted workspace. Trust it first.';

/** Why a hybrid cannot be tried or written; null where it can. */
export function whyNotRun({ canRun, problem }: MergeState, column: MergeColumn): string | null {
  if (!canRun) return untrusted;
  if (problem !== null) return 'The file has an error. Mend it first.';
  return column.hash === null ? 'This hybrid is not complete: see its problems.' : null;
}

/** "24 tokens · 3 s · on cpu" */
export function answerFacts({ tokens, seconds, device }: TriedAnswer): string {
  const time = seconds === null ? [] : [`${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`];
  const count = tokens === null ? [] : [`${tokens} ${tokens === 1 ? 'token' : 'tokens'}`];
  return [...count, ...time, ...(device === null ? [] : [`on ${device}`])].join(' · ');
}
