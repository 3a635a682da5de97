/** An item's maps, a row for each checkpoint and a column for each layer. No DOM. */
import type { AttentionRow } from '../../src/shared/attentionResults';
import type { AttentionItem, AttentionState } from '../../src/shared/protocol/attention';
import { percent } from '../../src/shared/format';
import { significant } from '../kit/numbers';
import { concentration, patchMap, peakOf, type PatchMap } from './patches';
import { shownCheckpoints } from './series';
import type { Place, View } from './view';

export interface ItemMap {
  readonly place: Place;
  /** The checkpoint's. */
  readonly label: string;
  /** Null where there is no row yet. */
  readonly row: AttentionRow | null;
  /** Null also where the row has no map. */
  readonly map: PatchMap | null;
  /** The value of the strongest colour. */
  readonly full: number;
}

export interface ItemMaps {
  readonly layers: readonly number[];
  readonly rows: readonly { readonly name: string; readonly label: string; readonly maps: readonly ItemMap[] }[];
  /** The value of the strongest colour where all maps share it. */
  readonly common: number;
}

export function itemMaps(state: AttentionState, view: Pick<View, 'hidden' | 'scale'>, item: AttentionItem): ItemMaps {
  const layers = [...new Set([...state.facts.layers, ...item.rows.map(({ layer }) => layer)])].sort((a, b) => a - b);
  const checkpoints = shownCheckpoints(state, view);
  const found = new Map(item.rows.map((row) => [`${row.layer} ${row.checkpoint}`, row]));
  const decoded = checkpoints.map(({ name, label }) => ({
    name,
    label,
    maps: layers.map((layer) => {
      const row = found.get(`${layer} ${name}`) ?? null;
      return { place: { checkpoint: name, layer }, label, row, map: row && patchMap(row) };
    }),
  }));
  const all = decoded.flatMap(({ maps }) => maps);
  const common = all.reduce((most, { map }) => Math.max(most, map?.largest ?? 0), 0);
  return {
    layers,
    common,
    rows: decoded.map((row) => ({
      ...row,
      maps: row.maps.map((one) => ({ ...one, full: view.scale === 'common' ? common : (one.map?.largest ?? 0) })),
    })),
  };
}

/** The map that is shown large: the one chosen, else that of the last checkpoint where it looks at the image most. */
export function largeMap({ rows }: ItemMaps, { place }: Pick<View, 'place'>): ItemMap | null {
  const all = rows.flatMap(({ maps }) => maps);
  const chosen =
    place && all.find((one) => one.place.checkpoint === place.checkpoint && one.place.layer === place.layer);
  if (chosen) return chosen;
  const read = rows.map(({ maps }) => maps.filter(({ map }) => map !== null)).filter((maps) => maps.length > 0);
  const [first, ...others] = read.at(-1) ?? [];
  return others.reduce((most, one) => (one.row!.mass > most!.row!.mass ? one : most), first) ?? null;
}

/** How strong the colour of a value is, 0 to 1. */
export function strength(value: number, full: number, { root }: Pick<View, 'root'>): number {
  const share = full > 0 ? Math.min(1, Math.max(0, value / full)) : 0;
  return root ? Math.sqrt(share) : share;
}

/** A share of all attention on one token: "0.42 %". */
export function tokenText(value: number): string {
  return `${significant(100 * value)} %`;
}

/** "rl, layer 7": the name of a map. */
export function mapTitle({ label, place }: Pick<ItemMap, 'label' | 'place'>): string {
  return `${label}, layer ${place.layer}`;
}

/** What a map shows, for those who do not see it. */
export function mapSummary(one: ItemMap): string {
  const { row, map } = one;
  if (!row) return `${mapTitle(one)}: not read yet`;
  const numbers = `${mapTitle(one)}: ${percent(row.mass)} of attention on the image, ${percent(row.sink)} on the first token`;
  if (!map) return `${numbers}; its map cannot be read`;
  const peak = peakOf(map);
  const { tokens, share } = concentration(map);
  const strongest =
    tokens === 1 ? 'the strongest token has' : `the strongest ${tokens} of ${map.values.length} tokens have`;
  return (
    `${numbers}; most, ${tokenText(map.largest)}, at row ${peak.row + 1} of ${map.height}, column ${peak.column + 1} ` +
    `of ${map.width}; ${strongest} ${percent(share)} of it`
  );
}
