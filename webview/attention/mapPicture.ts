import { element, setAttributes } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { ItemMap } from './itemMaps';
import { paintMap } from './mapPaint';
import type { View } from './view';

export interface PictureContent {
  /** The image's address; null where there is none. */
  readonly image: string | null;
  readonly view: Pick<View, 'root' | 'under'>;
  readonly theme: Theme;
}

/** A map over its image in grey; colours of the image would mix with those of the map. */
export function mapPicture({ map, full }: ItemMap, { image, view, theme }: PictureContent): HTMLElement {
  const box = element('span', { class: 'map-picture' });
  if (map) box.style.aspectRatio = `${map.width} / ${map.height}`;
  if (image !== null && view.under) {
    const under = element('img', { class: 'under', src: image, alt: '', draggable: 'false' });
    under.addEventListener('error', () => under.remove());
    box.append(under);
  }
  if (map) {
    const canvas = element('canvas', { class: 'over' });
    paintMap(canvas, map, full, view, theme);
    box.append(canvas);
  }
  setAttributes(box, { 'aria-hidden': 'true' });
  return box;
}
