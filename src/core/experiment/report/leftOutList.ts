import type { LeftOut } from '../../../shared/evaluateResults';
import { html, type Html } from './html';

/** Items that are not in n, each with its reason; nothing where there are none. @param of which, for the heading */
export function leftOutList(items: readonly LeftOut[], of = ''): Html {
  if (items.length === 0) return html``;
  const count = new Set(items.map(({ id }) => id)).size;
  return html`<details>
    <summary>Left out${of === '' ? '' : ` of ${of}`}: ${count} ${count === 1 ? 'item' : 'items'}</summary>
    <ul>
      ${items.map(({ id, problem }) => html`<li><code>${id}</code>: ${problem}</li>`)}
    </ul>
  </details>`;
}
