/** Rows of attention runs, as the runner writes them, of models whose attention is made here: the same in every run. */
import { attentionState, type AttentionRun } from '../../src/host/panels/attentionState';
import { summariseAttention } from '../../src/core/probe/attentionSummary';
import type { AttentionFacts, AttentionRow } from '../../src/shared/attentionResults';
import type { AttentionItem, AttentionState } from '../../src/shared/protocol/attention';
import type { Role } from '../../src/shared/vocabulary';

/** A number in [0, 1) that a name decides (FNV-1a, finished as in MurmurHash3: neighbours' numbers are unlike). */
function share(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Tokens per side of an image. */
const side = 8;

export interface Shape {
  readonly checkpoints: readonly string[];
  readonly layers: number;
  readonly items: number;
}

export const labShape: Shape = { checkpoints: ['in', 'rl'], layers: 12, items: 50 };

function idOf(item: number): string {
  return `vis_${String(item).padStart(5, '0')}`;
}

export function labFacts(shape = labShape, change: Partial<AttentionFacts> = {}): AttentionFacts {
  return {
    checkpoints: shape.checkpoints,
    span: 'generated',
    text: shape.checkpoints[0]!,
    layers: Array.from({ length: shape.layers }, (_, layer) => layer),
    items: Array.from({ length: shape.items }, (_, item) => idOf(item)),
    leftOut: [],
    dataset: 'evaluation/vision.jsonl',
    ...change,
  };
}

/** Item after item, checkpoint after checkpoint, layer after layer. */
export function labRows(shape = labShape): AttentionRow[] {
  const { layers, items, checkpoints } = labFacts(shape);
  return items.flatMap((id) =>
    checkpoints.flatMap((checkpoint) => layers.map((layer) => labRow(checkpoint, id, layer, shape.layers))),
  );
}

/** The middle layers look at the image most; training moves the last third, each checkpoint a little further. */
function labRow(checkpoint: string, id: string, layer: number, layers: number): AttentionRow {
  const place = layer / Math.max(1, layers - 1);
  const moved = { base: -0.5, in: 0, rl: 1 }[checkpoint] ?? 0.5;
  const late = place > 0.66 ? 0.016 * moved * (0.4 + place) : 0.001 * moved;
  const noise = 0.1 * (share(`${id} ${layer}`) - 0.5) + 0.05 * (share(`${checkpoint} ${id} ${layer}`) - 0.5);
  const mass = 0.06 + 0.2 * Math.exp(-((place - 0.55) ** 2) / 0.05) + late + noise;
  const sink = 0.25 + 0.4 * place * (0.9 + 0.2 * share(`sink ${id}`)) * (1 - mass);
  const { bytes, largest, imageSink } = patchesOf(checkpoint, id, place, mass);
  return {
    key: `${checkpoint}/${id}/${layer}`,
    checkpoint,
    id,
    layer,
    mass,
    perToken: mass / side ** 2,
    sink,
    imageSink,
    tokens: 24,
    grids: [[side, side]],
    patches: Buffer.from(bytes).toString('base64'),
    largest,
  };
}

/** One place that is looked at, sharper in the middle layers, and in late layers a corner that is a sink. */
function patchesOf(checkpoint: string, id: string, place: number, mass: number) {
  const [row, column] = ['row', 'column'].map((axis) => 1 + (side - 3) * share(`${axis} ${id}`)) as [number, number];
  const width = (checkpoint === 'rl' ? 1.2 : 2) + 8 * (place - 0.55) ** 2;
  const weights = Array.from({ length: side ** 2 }, (_, i) => {
    const distance = (Math.floor(i / side) - row) ** 2 + ((i % side) - column) ** 2;
    return 0.06 + Math.exp(-distance / (2 * width)) + 0.1 * share(`${id} ${i} ${Math.round(place * 20)}`);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const corner = place > 0.7 ? 0.25 * total : 0;
  weights[side - 1]! += corner;
  const values = weights.map((weight) => (mass * weight) / (total + corner));
  const largest = Math.max(...values);
  const imageSink = values.filter((value) => value > (10 * mass) / values.length).reduce((sum, one) => sum + one, 0);
  return { bytes: values.map((value) => Math.round((255 * value) / largest)), largest, imageSink };
}

/** A finished run; `change` makes it another one. */
export function labAttention(change: Partial<AttentionRun> = {}, shape = labShape): AttentionState {
  const facts = change.facts ?? labFacts(shape);
  const run: AttentionRun = {
    id: 'attention',
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: labRows(shape),
    ...change,
  };
  const cuts = [Math.floor(shape.layers / 3), Math.floor((2 * shape.layers) / 3)] as const;
  const roles: Readonly<Record<string, Role>> = { base: 'base', in: 'in', rl: 'rl' };
  return attentionState(run, summariseAttention(facts, run.rows, run.state === 'finished'), {
    experiment: 'lab.frankenstein.yaml',
    checkpoints: facts.checkpoints.map((name) => ({
      name,
      role: roles[name] ?? null,
      hybrid: name.includes('+'),
    })),
    numLayers: shape.layers,
    regions: { early: [0, cuts[0]], mid: [cuts[0], cuts[1]], late: [cuts[1], shape.layers] },
    canRun: true,
  });
}

/** A run that has read so many items with all checkpoints. */
export function labRunning(items: number, shape = labShape): AttentionState {
  const read = items * shape.checkpoints.length;
  const rows = labRows(shape).slice(0, read * shape.layers);
  const progress = { done: read, total: shape.items * shape.checkpoints.length, secondsLeft: 90 };
  return labAttention({ state: 'running', rows, progress }, shape);
}

/** A step that was never run. */
export function notRun(change: Partial<AttentionRun> = {}): AttentionState {
  return labAttention({
    state: null,
    device: null,
    rows: [],
    facts: labFacts(labShape, { items: [], layers: [] }),
    ...change,
  });
}

/** What the host answers of an item: images of the sample lab, one of them gone. */
export function labItem({ facts }: AttentionState, id: string): AttentionItem {
  const item = facts.items.indexOf(id);
  const name = String(item % 10).padStart(6, '0');
  const rows = facts.checkpoints.flatMap((checkpoint) =>
    facts.layers.map((layer) => labRow(checkpoint, id, layer, facts.layers.length)),
  );
  return {
    id,
    question: 'How many green items are there in the image?',
    image: item === 1 ? null : `/pairs/recognition/images/recognition_${name}_t.png`,
    rows,
  };
}
