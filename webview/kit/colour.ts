/** Colours as numbers: a canvas and an SVG file need more than a CSS variable. */

/** Red, green and blue of 0–255, opacity of 0–1. */
export type Colour = readonly [number, number, number, number];

/** Reads `#rrggbb` and `rgb[a](…)`, the two forms to which a canvas reduces every colour. */
export function parseColour(text: string): Colour | null {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex) return [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16), 1];
  const numbers = /^rgba?\(([^)]*)\)$/
    .exec(text)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (!numbers || numbers.length < 3 || numbers.some(Number.isNaN)) return null;
  return [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3] ?? 1];
}

/** The colour with its opacity multiplied. */
export function translucent(text: string, opacity: number): string {
  const [red, green, blue, alpha] = parseColour(text) ?? [128, 128, 128, 1];
  return `rgba(${red}, ${green}, ${blue}, ${Math.round(alpha * opacity * 1000) / 1000})`;
}

/** `#rrggbb`: a translucent colour as it looks on `background`. */
export function opaque(text: string, background: string): string {
  const [red, green, blue, alpha] = parseColour(text) ?? [128, 128, 128, 1];
  const under = parseColour(background) ?? [255, 255, 255, 1];
  const mixed = [red, green, blue].map((value, i) => Math.round(value * alpha + under[i]! * (1 - alpha)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The colour, moved towards `foreground` until it stands out from `background` by `ratio`: WCAG 2.2 asks 3:1 of what is
 * drawn (1.4.11), and not every theme's chart colours have it. All are `#rrggbb`.
 */
export function legible(colour: string, background: string, foreground: string, ratio = 3): string {
  for (let share = 0; share < 1; share += 0.1) {
    const [red, green, blue] = parseColour(foreground) ?? [0, 0, 0];
    const moved = opaque(`rgba(${red}, ${green}, ${blue}, ${share})`, colour);
    if (contrast(moved, background) >= ratio) return moved;
  }
  return foreground;
}

/** WCAG's contrast ratio of two `#rrggbb`, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(text: string): number {
  const [red, green, blue] = (parseColour(text) ?? [0, 0, 0]).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
