/** The rows of the grid: parts, regions, layers and components, as far as they are open. No DOM. */
import { layersOf, type LayeredPart, type MergePlace } from '../../src/shared/donorMap';
import { placeKey, type MergeSize } from '../../src/shared/protocol/merge';
import { components, componentTitles, regionNames, regionTitles } from '../../src/shared/vocabulary';

export interface Row {
  readonly key: string;
  /** In the row's head. */
  readonly label: string;
  /** In full, for a cell's name: "layer 5, attention". */
  readonly name: string;
  /** What is meant, where the label does not say it. */
  readonly hint: string | null;
  /** From 1. */
  readonly level: number;
  /** What a cell of it stands for. */
  readonly places: readonly MergePlace[];
  /** Null where there is nothing inside. */
  readonly isOpen: boolean | null;
  /** The key under which a comparison tells of it; null where it does not. */
  readonly heat: string | null;
}

/** @param open keys of the rows that are open */
export function rowsOf(size: MergeSize, open: ReadonlySet<string>): Row[] {
  const { numLayers, visionLayers, regions, tied } = size;
  const allVision = Array.from({ length: visionLayers }, (_, layer) => layerPlace('vision', layer));
  const vision: Row = {
    ...single('vision', 'Vision tower'),
    places: [{ part: 'vision' }, ...allVision],
    isOpen: open.has('vision'),
  };
  const insideVision = [
    {
      ...single('vision', 'Patch embedding', 'What of the vision tower is in no layer'),
      key: 'vision/rest',
      level: 2,
      heat: null,
    },
    ...allVision.flatMap((_, layer) => layerRows('vision', layer, open)),
  ];
  const embeddings = tied
    ? {
        ...single('embeddings', 'Embeddings, head', 'The head is tied to the embeddings: one matrix'),
        places: [{ part: 'embeddings' }, { part: 'head' }] as const,
      }
    : single('embeddings', 'Embeddings');
  const layers = regionNames.flatMap((region) => {
    const [from, to] = regions[region];
    if (from >= to) return [];
    const key = `region/${region}`;
    const range = to - from === 1 ? `${from}` : `${from}–${to - 1}`;
    const row: Row = {
      key,
      label: `${regionTitles[region]} ${range}`,
      name: `${regionTitles[region]}, layers ${range}`,
      hint: null,
      level: 1,
      places: layersOf(from, to),
      isOpen: open.has(key),
      heat: null,
    };
    const inside = Array.from({ length: to - from }, (_, i) => layerRows('languageModel', from + i, open)).flat();
    return [row, ...(row.isOpen ? inside : [])];
  });
  const skeleton = single('skeleton', 'Skeleton', 'Config, tokenizer, template, processor, final norm');
  return [
    { ...skeleton, heat: null },
    vision,
    ...(vision.isOpen ? insideVision : []),
    single('projector', 'Projector'),
    embeddings,
    ...(numLayers > 0 ? layers : []),
    ...(tied ? [] : [single('head', 'Head')]),
  ];
}

/** The rows from one to another that a stroke paints: of several, those that have nothing open inside. */
export function strokeRows(rows: readonly Row[], a: number, b: number): Row[] {
  const between = rows.slice(Math.min(a, b), Math.max(a, b) + 1);
  return between.length === 1 ? between : between.filter(({ isOpen }) => isOpen !== true);
}

function layerRows(part: LayeredPart, layer: number, open: ReadonlySet<string>): Row[] {
  const place = layerPlace(part, layer);
  const key = placeKey(place);
  const name = part === 'vision' ? `vision layer ${layer}` : `layer ${layer}`;
  const isOpen = open.has(key);
  const row: Row = { key, label: String(layer), name, hint: null, level: 2, places: [place], isOpen, heat: key };
  if (!isOpen) return [row];
  const inside = components.map((component): Row => {
    const own: MergePlace = { part, layer, component };
    const title = componentTitles[component];
    const spoken = `${name}, ${component === 'mlp' ? title : title.toLowerCase()}`;
    return {
      key: placeKey(own),
      label: title,
      name: spoken,
      hint: null,
      level: 3,
      places: [own],
      isOpen: null,
      heat: placeKey(own),
    };
  });
  return [row, ...inside];
}

function layerPlace(part: LayeredPart, layer: number): MergePlace {
  return { part, layer, component: null };
}

function single(
  part: 'skeleton' | 'vision' | 'projector' | 'embeddings' | 'head',
  label: string,
  hint: string | null = null,
): Row {
  return { key: part, label, name: label, hint, level: 1, places: [{ part }], isOpen: null, heat: part };
}
