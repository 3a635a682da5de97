/** What the page shows of the file, kept over a reload. */
import type { MergeColumn, MergeState } from '../../src/shared/protocol/merge';

export interface View {
  /** The hybrid that is tried and written; null is the first. */
  readonly hybrid: string | null;
  /** The donor that paints; null is the first. */
  readonly donor: string | null;
  /** Rows that are open, by key. */
  readonly open: readonly string[];
  /** Which phase of the comparison is shown behind the layers, by title. */
  readonly heat: string | null;
  /** The two donors of the presets. */
  readonly pair: readonly [string, string] | null;
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly scroll: number;
}

/** The language model's layers are what the wizard is for; everything else opens on demand. */
const openAtFirst = ['region/early', 'region/mid', 'region/late'];
const standardTokens = 64;

/** A view of what was kept, by an earlier version perhaps. */
export function restoreView(kept: unknown): View {
  const found = (kept ?? {}) as Partial<Record<keyof View, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const { open, pair, maxNewTokens, scroll } = found;
  return {
    hybrid: text(found.hybrid),
    donor: text(found.donor),
    open: Array.isArray(open) ? open.filter((key) => typeof key === 'string') : openAtFirst,
    heat: text(found.heat),
    pair:
      Array.isArray(pair) && pair.length === 2 && pair.every((name) => typeof name === 'string')
        ? (pair as [string, string])
        : null,
    prompt: text(found.prompt) ?? '',
    maxNewTokens:
      Number.isSafeInteger(maxNewTokens) && (maxNewTokens as number) > 0 ? (maxNewTokens as number) : standardTokens,
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

/** The hybrid that is tried and written. */
export function chosenHybrid({ hybrids }: MergeState, { hybrid }: View): MergeColumn | null {
  return hybrids.find(({ name }) => name === hybrid) ?? hybrids[0] ?? null;
}

/** The donor that paints. */
export function chosenDonor({ donors }: MergeState, { donor }: View): string | null {
  return (donors.find(({ name }) => name === donor) ?? donors[0])?.name ?? null;
}

/** The donors of the presets: as chosen, else those after the cold start and after reinforcement learning. */
export function chosenPair({ donors }: MergeState, { pair }: View): readonly [string, string] | null {
  const names = donors.map(({ name }) => name);
  if (pair && pair.every((name) => names.includes(name))) return pair;
  const ofRole = (role: 'in' | 'rl') => donors.find((donor) => donor.role === role)?.name;
  const first = ofRole('in') ?? names[0];
  const second = ofRole('rl') ?? names.find((name) => name !== first);
  return first !== undefined && second !== undefined ? [first, second] : null;
}
