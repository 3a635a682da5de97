import type { Item, Rgb, Scene } from './scene';

/** The drawing as an SVG document that refers to nothing outside of it, fonts included. */
export function sceneSvg({ width, height, background, items }: Scene): string {
  const size = `width="${width}" height="${height}"`;
  const body = [`<rect ${size} fill="${rgb(background)}"/>`, ...items.map(itemSvg)];
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width} ${height}">${body.join('')}</svg>`;
}

function itemSvg(item: Item): string {
  const fill = `fill="${rgb(item.colour)}"`;
  if (item.kind === 'text') {
    const [x, y] = item.at;
    return `<path transform="translate(${x} ${y}) scale(${item.scale})" d="${item.path}" ${fill}/>`;
  }
  const [x1, y1, x2, y2] = item.box;
  const [width, height] = [x2 - x1, y2 - y1];
  switch (item.shape) {
    case 'square':
      return `<rect x="${x1}" y="${y1}" width="${width}" height="${height}" ${fill}/>`;
    case 'circle': {
      const radii = `rx="${width / 2}" ry="${height / 2}"`;
      return `<ellipse cx="${x1 + width / 2}" cy="${y1 + height / 2}" ${radii} ${fill}/>`;
    }
    case 'triangle':
      return `<polygon points="${x1},${y2} ${x1 + width / 2},${y1} ${x2},${y2}" ${fill}/>`;
  }
}

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${red},${green},${blue})`;
}
