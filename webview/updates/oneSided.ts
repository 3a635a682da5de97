import { element } from '../kit/dom';
import type { ShownPhase } from './phases';
import type { Reveal } from './tensorTable';

/** Tensors that only one of a phase's two checkpoints has; nothing where there are none. */
export function oneSidedList({ phase, place, title }: ShownPhase, onReveal: Reveal): HTMLElement | null {
  const { from, to, onlyFrom, onlyTo } = phase;
  const sides = [
    { side: 'from' as const, checkpoint: from, names: onlyFrom },
    { side: 'to' as const, checkpoint: to, names: onlyTo },
  ].filter(({ names }) => names.length > 0);
  if (sides.length === 0) return null;
  return element(
    'section',
    { class: 'one-sided', 'aria-label': `Tensors of ${title} that only one checkpoint has` },
    ...sides.map(({ side, checkpoint, names }) =>
      element(
        'details',
        {},
        element('summary', {}, `${title}: ${names.length} only in ${checkpoint}`),
        element(
          'ul',
          {},
          ...names.map((name) =>
            element(
              'li',
              {},
              link(name, () => onReveal(place, side, name)),
            ),
          ),
        ),
      ),
    ),
  );
}

function link(name: string, onClick: () => void): HTMLElement {
  const node = element('button', { type: 'button', class: 'link' }, name);
  node.addEventListener('click', onClick);
  return node;
}
