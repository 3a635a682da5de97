import { InputError } from '../../shared/errors';
import type { Rgb } from './scene';

/** Colours that people and models name alike, far from each other and from the backgrounds. */
export const palette = {
  red: [214, 48, 49],
  green: [39, 174, 96],
  blue: [41, 98, 216],
  yellow: [241, 196, 15],
  orange: [232, 120, 23],
  purple: [136, 58, 182],
  pink: [245, 130, 180],
  brown: [121, 75, 42],
  black: [20, 20, 20],
} as const satisfies Readonly<Record<string, Rgb>>;

export type ColourName = keyof typeof palette;
export const colourNames = Object.keys(palette) as ColourName[];
export const defaultColours: readonly ColourName[] = ['red', 'green', 'blue', 'yellow'];

/** Light greys. */
export const backgrounds: readonly Rgb[] = [
  [250, 250, 250],
  [245, 245, 245],
  [240, 240, 240],
];
export const ink: Rgb = palette.black;

/** @throws InputError naming the colours that there are */
export function colourNamed(name: string): ColourName {
  if (Object.hasOwn(palette, name)) return name as ColourName;
  throw new InputError(`there is no colour "${name}"`, `Choose of ${colourNames.join(', ')}.`);
}
