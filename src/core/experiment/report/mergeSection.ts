import { bytes } from '../../../shared/format';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import type { ReportRun } from './reportRun';

/** Tensors of one place, and who gave them. */
interface Place {
  readonly title: string;
  readonly donors: string;
  readonly tensors: number;
}

/** What was written, and who gave what. Null when the folder does not say a merge. */
export function mergeSection({ manifest, rows, state, summary }: ReportRun): Html | null {
  const { hybrid, output, skeleton } = manifest.facts;
  if (typeof hybrid !== 'string' || typeof output !== 'string') return null;
  const tensors = rows.flatMap((row) => {
    const { name, donor } = row as { name?: unknown; donor?: unknown };
    return typeof name === 'string' && typeof donor === 'string' ? [{ name, donor }] : [];
  });
  const places = donorPlaces(tensors).map(({ title, donors, tensors: count }) => [title, donors, count]);
  return html`<p>The hybrid ${hybrid} was written to ${output}; its skeleton is ${String(skeleton)}.</p>
    ${state === 'finished' ? written(summary) : html``}${htmlTable('Donors', ['tensors', 'donor', 'count'], places)}`;
}

function written(summary: ReportRun['summary']): Html {
  const { files, bytes: size, verified } = summary ?? {};
  const names = Array.isArray(files) ? files.filter((name) => typeof name === 'string') : [];
  const total = typeof size === 'number' ? `, ${bytes(size)}` : '';
  const checked = verified === true ? ' Every tensor was compared bit by bit with what it was made of.' : '';
  return html`<p>Files: ${names.join(', ')}${total}.${checked}</p>`;
}

/** Layers after one another whose donors are the same become one place; tensors outside layers stand for themselves. */
function donorPlaces(tensors: readonly { readonly name: string; readonly donor: string }[]): Place[] {
  const stacks = new Map<string, Map<number, string[]>>();
  const others: Place[] = [];
  for (const { name, donor } of tensors) {
    const [, stack, number] = /^(.*?(?:layers|blocks))\.(\d{1,6})\./.exec(name) ?? [];
    if (stack === undefined) others.push({ title: name, donors: donor, tensors: 1 });
    else {
      const layers = stacks.get(stack) ?? new Map<number, string[]>();
      stacks.set(stack, layers.set(Number(number), [...(layers.get(Number(number)) ?? []), donor]));
    }
  }
  return [...[...stacks].flatMap(([stack, layers]) => layerPlaces(stack, layers)), ...others];
}

function layerPlaces(stack: string, layers: ReadonlyMap<number, readonly string[]>): Place[] {
  const runs: { from: number; to: number; donors: string; tensors: number }[] = [];
  for (const [layer, own] of [...layers].sort(([a], [b]) => a - b)) {
    const donors = donorText(own);
    const last = runs.at(-1);
    if (last && last.to === layer - 1 && last.donors === donors) {
      last.to = layer;
      last.tensors += own.length;
    } else runs.push({ from: layer, to: layer, donors, tensors: own.length });
  }
  return runs.map(({ from, to, donors, tensors }) => {
    return { title: `${stack} ${from === to ? from : `${from}–${to}`}`, donors, tensors };
  });
}

/** "in"; of a layer that several gave to, "in (5), rl (7)". */
function donorText(donors: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const donor of donors) counts.set(donor, (counts.get(donor) ?? 0) + 1);
  return [...counts].map(([donor, count]) => (counts.size === 1 ? donor : `${donor} (${count})`)).join(', ');
}
