/** How lines are told apart: by colour, by dashes and by marker, so that each of the three is enough. No DOM. */
export interface LineStyle {
  /** Which colour of the theme's series. */
  readonly colour: number;
  /** Lengths of strokes and gaps in pixels; empty is a solid line. */
  readonly dash: readonly number[];
  readonly marker: Marker;
}

export type Marker = 'circle' | 'triangle' | 'square' | 'diamond' | 'triangleDown';

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [12, 3]];
const markers: readonly Marker[] = ['circle', 'triangle', 'square', 'diamond', 'triangleDown'];
const colours = 6;

/** @param index the place among the lines that there are */
export function lineStyle(index: number): LineStyle {
  const place = index % markers.length;
  return { colour: index % colours, dash: dashes[place]!, marker: markers[place]! };
}

/** A marker's outline around (x, y) as an SVG path. @param radius pixels */
export function markerPath(marker: Marker, x: number, y: number, radius: number): string {
  const at = (...points: (readonly [number, number])[]) =>
    `M${points.map(([dx, dy]) => `${short(x + dx * radius)} ${short(y + dy * radius)}`).join('L')}Z`;
  switch (marker) {
    case 'circle':
      return `M${short(x - radius)} ${short(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
    case 'triangle':
      return at([0, -1.1], [1, 0.75], [-1, 0.75]);
    case 'triangleDown':
      return at([0, 1.1], [-1, -0.75], [1, -0.75]);
    case 'square':
      return at([-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]);
    case 'diamond':
      return at([0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]);
  }
}

/** At most two decimals. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
