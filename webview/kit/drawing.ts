import type { Markup } from './svg';

/** Markup as elements of the page. Scripts in it would not run, and {@link Markup} holds none. */
export function drawing(markup: Markup, width: number, height: number, fontFamily: string): SVGSVGElement {
  const source = `<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`;
  const parsed = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
  const svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
  const attributes = { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': fontFamily, 'font-size': 12 };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}
