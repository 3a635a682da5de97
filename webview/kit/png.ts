import type { Figure } from './figure';

/** Pixels of the picture for each of the figure's: sharp in print and on dense screens. */
const density = 2;

/** Draws a figure onto a canvas. @returns the PNG's bytes in base64 */
export async function figurePng({ svg, width, height }: Figure): Promise<string> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * density;
    canvas.height = height * density;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this page has no canvas to draw the picture on');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
  } finally {
    URL.revokeObjectURL(address);
  }
}
