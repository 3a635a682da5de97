/** Rows of compare runs, as the runner writes them, of a model whose updates are made here: the same in every run. */
import type { CompareFacts, ComparePreview, CompareRow } from '../../src/shared/compareResults';
import type { UpdatesState } from '../../src/shared/protocol/updates';
import type { Component, Part } from '../../src/shared/vocabulary';
import { updatesState, type CompareRun } from '../../src/host/panels/updatesState';

export interface ModelSize {
  readonly layers: number;
  readonly visionLayers: number;
  /** Singular values of a matrix. */
  readonly rank: number;
}

export const labSize: ModelSize = { layers: 12, visionLayers: 4, rank: 64 };
/** As many tensors as Qwen2.5-VL-7B has. */
export const largeSize: ModelSize = { layers: 28, visionLayers: 32, rank: 3584 };

interface Tensor {
  readonly name: string;
  readonly part: Part;
  readonly layer: number | null;
  readonly component: Component | null;
  readonly isMatrix: boolean;
}

/** Every tensor of the model, in the order of a file's header: by name. */
export function tensorsOf({ layers, visionLayers }: ModelSize): Tensor[] {
  const make = (stem: string, part: Part, layer: number | null, component: Component | null, kind: string) => {
    const weight = { name: `${stem}.weight`, part, layer, component, isMatrix: kind !== 'vector' };
    return kind === 'biased' ? [weight, { ...weight, name: `${stem}.bias`, isMatrix: false }] : [weight];
  };
  const block = (l: number) => {
    const at = `visual.blocks.${l}`;
    return [
      ...['qkv', 'proj'].flatMap((name) => make(`${at}.attn.${name}`, 'vision', l, 'attention', 'biased')),
      ...['gate_proj', 'up_proj', 'down_proj'].flatMap((name) =>
        make(`${at}.mlp.${name}`, 'vision', l, 'mlp', 'biased'),
      ),
      ...['norm1', 'norm2'].flatMap((name) => make(`${at}.${name}`, 'vision', l, 'norm', 'vector')),
    ];
  };
  const layer = (l: number) => {
    const at = `model.layers.${l}`;
    return [
      ...['q_proj', 'k_proj', 'v_proj'].flatMap((name) =>
        make(`${at}.self_attn.${name}`, 'languageModel', l, 'attention', 'biased'),
      ),
      ...make(`${at}.self_attn.o_proj`, 'languageModel', l, 'attention', 'plain'),
      ...['gate_proj', 'up_proj', 'down_proj'].flatMap((name) =>
        make(`${at}.mlp.${name}`, 'languageModel', l, 'mlp', 'plain'),
      ),
      ...['input_layernorm', 'post_attention_layernorm'].flatMap((name) =>
        make(`${at}.${name}`, 'languageModel', l, 'norm', 'vector'),
      ),
    ];
  };
  const all = [
    ...make('model.embed_tokens', 'embeddings', null, null, 'plain'),
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
    ...make('model.norm', 'languageModel', null, 'norm', 'vector'),
    ...make('lm_head', 'head', null, null, 'plain'),
    ...make('visual.patch_embed.proj', 'vision', null, null, 'plain'),
    ...Array.from({ length: visionLayers }, (_, l) => block(l)).flat(),
    ...make('visual.merger.ln_q', 'projector', null, 'norm', 'vector'),
    ...['0', '2'].flatMap((name) => make(`visual.merger.mlp.${name}`, 'projector', null, 'mlp', 'biased')),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const phases = [
  { from: 'base', to: 'in', size: 1, steepness: 0.02 },
  { from: 'in', to: 'rl', size: 1 / 40, steepness: 0.05 },
] as const;

/** A number in [0, 1) that a name decides (FNV-1a). */
function share(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** In the first phase the vision tower, its projector and the input embeddings are frozen. */
function isFrozen({ part }: Tensor, phase: number): boolean {
  return phase === 0 && (part === 'vision' || part === 'projector' || part === 'embeddings');
}

export function labFacts(size = labSize, change: Partial<CompareFacts> = {}): CompareFacts {
  const cuts = [Math.floor(size.layers / 3), Math.floor((2 * size.layers) / 3)] as const;
  return {
    phases: phases.map(({ from, to }) => ({ from, to, onlyFrom: [], onlyTo: [] })),
    spectrum: true,
    numLayers: size.layers,
    regions: { early: [0, cuts[0]], mid: [cuts[0], cuts[1]], late: [cuts[1], size.layers] },
    rows: 2 * tensorsOf(size).length,
    ...change,
  };
}

export function labRows(size = labSize): CompareRow[] {
  return phases.flatMap((_, phase) => tensorsOf(size).map((tensor) => labRow(tensor, phase, size)));
}

function labRow(tensor: Tensor, phase: number, size: ModelSize): CompareRow {
  const { from, to } = phases[phase]!;
  const { name, part, layer, component, isMatrix } = tensor;
  const energy = energyOf(tensor, phase, size);
  const previous = phase === 0 ? null : energyOf(tensor, phase - 1, size);
  const cosine = previous === null || previous === 0 ? null : 0.3 * (share(`cosine ${name}`) - 0.6);
  return {
    key: `${from}→${to}/${name}`,
    from,
    to,
    name,
    part,
    layer,
    component,
    dtype: 'BF16',
    shape: isMatrix ? [size.rank, 2 * size.rank] : [size.rank],
    energy,
    relativeEnergy: energy / fromNorm(tensor),
    changedFraction: energy === 0 ? 0 : phase === 0 ? 0.9 + 0.1 * share(name) : 0.1 + 0.2 * share(name),
    largest: energy / 20,
    roundingFloor: 8e-4 * fromNorm(tensor),
    fromNorm: fromNorm(tensor),
    toNorm: Math.hypot(fromNorm(tensor), energy),
    cosine,
    ...(cosine === null ? {} : { previous: { energy: previous!, product: cosine * energy * previous! } }),
    ...(isMatrix ? spectrumOf(tensor, phase, size, energy) : {}),
  };
}

function fromNorm({ isMatrix }: Tensor): number {
  return isMatrix ? 40 : 8;
}

/** Mid layers move most. */
function energyOf(tensor: Tensor, phase: number, { layers }: ModelSize): number {
  if (isFrozen(tensor, phase)) return 0;
  const { layer, part, isMatrix, name } = tensor;
  const place = layer === null || part !== 'languageModel' ? 0.5 : layer / layers;
  const bump = 1 + 0.8 * Math.exp(-((place - 0.5) ** 2) / 0.04);
  return phases[phase]!.size * bump * (isMatrix ? 1 : 0.05) * (0.85 + 0.3 * share(`${phase} ${name}`));
}

/** In the second phase mid and late layers move in fewer directions. */
function spectrumOf({ layer, part }: Tensor, phase: number, size: ModelSize, energy: number) {
  const late = part === 'languageModel' && layer !== null ? layer / size.layers : 0.3;
  const rate = phases[phase]!.steepness * (phase === 0 ? 1.6 - late : 0.5 + 1.5 * late);
  const raw = Array.from({ length: size.rank }, (_, i) =>
    Math.exp((-rate * (i * 64)) / (size.rank * 0.5) ** 0.9 - 0.4 * Math.log1p(i / 6)),
  );
  const norm = Math.hypot(...raw);
  const singularValues = raw.map((value) => (energy * value) / norm);
  const nuclear = singularValues.reduce((total, value) => total + value, 0);
  const entropy = singularValues.reduce(
    (sum, value) => sum - (value > 0 ? (value / nuclear) * Math.log(value / nuclear) : 0),
    0,
  );
  const spectral = singularValues[0]!;
  return {
    spectral,
    nuclear,
    stableRank: energy === 0 ? 0 : (energy / spectral) ** 2,
    effectiveRank: energy === 0 ? 0 : Math.exp(entropy),
    logVolume: energy === 0 ? null : singularValues.slice(0, 50).reduce((sum, value) => sum + Math.log(value), 0),
    singularValues,
    overlap: {
      dimension: 16,
      previous: phase === 0 || energy === 0 ? null : 0.12,
      weights: energy === 0 ? null : 0.05,
    },
  };
}

/** What the engine tells of a row before its turn: it has no spectrum yet, and a matrix an estimate, near the truth. */
export function labAhead(rows: readonly CompareRow[]): ComparePreview {
  return {
    rows: rows.map(({ key, from, to, name, part, layer, component, dtype, shape, ...row }) => {
      const { energy, relativeEnergy, changedFraction, largest, roundingFloor, fromNorm, toNorm, cosine } = row;
      const place = { key, from, to, name, part, layer, component, dtype, shape };
      const measured = { energy, relativeEnergy, changedFraction, largest, roundingFloor, fromNorm, toNorm, cosine };
      return { ...place, ...measured };
    }),
    estimates: rows
      .filter(({ spectral }) => spectral !== undefined)
      .map(({ key, spectral, nuclear, stableRank, effectiveRank }) => ({
        key,
        spectral: spectral!,
        nuclear: nuclear! * 1.02,
        stableRank: stableRank!,
        effectiveRank: effectiveRank! * 1.05,
        nuclearError: 0.03,
        effectiveRankError: 0.08,
      })),
  };
}

/** A run that has finished `done` rows and told what is ahead of it. */
export function labRunning(done: number, size = labSize): UpdatesState {
  const rows = labRows(size);
  const progress = { done, total: rows.length, secondsLeft: 90 };
  const ahead = labAhead(rows.slice(done));
  return labUpdates({ state: 'running', rows: rows.slice(0, done), progress, ahead }, size);
}

/** A finished run; `change` makes it another one. */
export function labUpdates(change: Partial<CompareRun> = {}, size = labSize): UpdatesState {
  const run: CompareRun = {
    id: 'updates',
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts: labFacts(size),
    rows: labRows(size),
    ahead: null,
    ...change,
  };
  return updatesState(run, { experiment: 'lab.frankenstein.yaml', canRun: true });
}
