/** Recipes that come ready. No DOM. */
import type { MergePreset, MergeState } from '../../src/shared/protocol/merge';

export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly preset: MergePreset;
}

type Three<T> = readonly [T, T, T];

/** Early, Mid and Late of the paper's six hybrids (Table 2): 0 is the first donor of the pair, 1 the second. */
const six: readonly Three<0 | 1>[] = [
  [0, 1, 1],
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
];

/** The paper's six hybrids of a pair, with the names that the paper gives them. */
export function sixHybrids(pair: readonly [string, string]): { name: string; donors: Three<string> }[] {
  return six.map((places) => {
    const donors = places.map((place) => pair[place]) as unknown as Three<string>;
    return { name: donors.map(shortName).join(':'), donors };
  });
}

/** What can be put in the place of a hybrid's donors. */
export function presetsOf({ donors }: Pick<MergeState, 'donors'>, pair: readonly [string, string]): Preset[] {
  const of = (label: string, preset: MergePreset): Preset => ({ id: JSON.stringify(preset), label, preset });
  const [a, b] = pair;
  return [
    ...sixHybrids(pair).map(({ name, donors: three }) => of(name, { kind: 'regions', donors: three })),
    of(`Alternate ${a}, ${b}`, { kind: 'alternate', donors: [a, b] }),
    of(`Alternate ${b}, ${a}`, { kind: 'alternate', donors: [b, a] }),
    ...donors.map(({ name }) => of(`All of ${name}`, { kind: 'all', donor: name })),
  ];
}

/** Short names are abbreviations, and written as such. */
function shortName(name: string): string {
  return name.length <= 4 ? name.toUpperCase() : name;
}
