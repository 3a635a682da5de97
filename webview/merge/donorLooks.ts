/** How donors are told apart: by a letter and a colour, each of which is enough. No DOM. */
import type { MergeDonor } from '../../src/shared/protocol/merge';
import { contrast, opaque, parseColour } from '../kit/colour';
import type { Theme } from '../kit/theme';

export interface DonorLook {
  readonly letter: string;
  /** `#rrggbb` */
  readonly colour: string;
  /** Behind a letter. */
  readonly fill: string;
  /** Of a letter on the fill. */
  readonly ink: string;
}

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
/** Of the colour in a cell: a field of cells must not shout. */
const strength = 0.42;

/** A look for every donor, in their order: colours repeat after six, letters do not. */
export function donorLooks(donors: readonly MergeDonor[], theme: Theme): ReadonlyMap<string, DonorLook> {
  const letters = donorLetters(donors.map(({ name }) => name));
  return new Map(
    donors.map(({ name }, i) => {
      const colour = theme.series[i % theme.series.length]!;
      const [red, green, blue] = parseColour(colour) ?? [128, 128, 128];
      const fill = opaque(`rgba(${red}, ${green}, ${blue}, ${theme.highContrast ? 0.3 : strength})`, theme.background);
      const isReadable = contrast(theme.foreground, fill) >= contrast(theme.background, fill);
      return [name, { letter: letters[i]!, colour, fill, ink: isReadable ? theme.foreground : theme.background }];
    }),
  );
}

/** The first letter of each name that no name before it has; else one of the alphabet that is free. */
export function donorLetters(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const own = [...name.toUpperCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter));
    const letter = [...own, ...alphabet].find((candidate) => !taken.has(candidate)) ?? '?';
    taken.add(letter);
    return letter;
  });
}
