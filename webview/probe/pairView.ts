import type { ProbeItem } from '../../src/shared/protocol/probe';
import { element, icon } from '../kit/dom';

/** One pair: its two images, what was asked, and the three answers. */
export function pairView(item: ProbeItem, layer: number): HTMLElement {
  const answers = [
    ['Target image', item.original],
    ['Source image', item.source],
    [`Swapped, layer ${layer}`, item.text],
  ] as const;
  return element(
    'li',
    { class: 'pair' },
    element(
      'div',
      { class: 'pictures' },
      picture('Target', `Target image of ${item.id}`, item.targetImage),
      picture('Source', `Source image of ${item.id}`, item.sourceImage),
    ),
    element(
      'div',
      { class: 'exchange' },
      element('p', { class: 'pair-title' }, element('span', { class: 'pair-id' }, item.id), ...badges(item)),
      element('p', { class: 'prompt' }, item.prompt),
      element('dl', {}, ...answers.flatMap(([name, text]) => [element('dt', {}, name), answer(text)])),
    ),
  );
}

function answer(text: string): HTMLElement {
  return text === '' ? element('dd', { class: 'muted' }, '(empty)') : element('dd', {}, text);
}

function picture(caption: string, alt: string, address: string | null): HTMLElement {
  const gone = () => element('div', { class: 'picture missing' }, icon('file-media'), 'The file is gone');
  let shown: HTMLElement;
  if (address === null) {
    shown = gone();
  } else {
    const image = element('img', { class: 'picture', src: address, alt, loading: 'lazy' });
    image.addEventListener('error', () => image.replaceWith(gone()));
    shown = image;
  }
  return element('figure', {}, shown, element('figcaption', { class: 'muted' }, caption));
}

function badges({ changed, adopted }: ProbeItem): HTMLElement[] {
  const badge = (name: string, text: string, kind: string) =>
    element('span', { class: `badge ${kind}` }, icon(name), text);
  return [
    changed ? badge('arrow-swap', 'changed', 'strong') : badge('dash', 'unchanged', 'weak'),
    ...(adopted ? [badge('check', 'adopted', 'strong')] : []),
  ];
}
