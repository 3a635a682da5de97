/** The frozen tensors of a train step as a GPU trainer is told of them (`frozen.json`). */
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint';
import { compareNames } from '../../checkpoint/tensorNames';
import { countOf } from '../freeze';

/** The content of `frozen.json`. */
export interface FrozenFile {
  /** As the experiment file has them. */
  readonly selectors: readonly string[];
  /** Regular expressions over whole names, read alike by Python and JavaScript; they match old and new spellings. */
  readonly patterns: readonly string[];
  /** Names as the start checkpoint has them. */
  readonly tensors: readonly string[];
  readonly count: number;
  readonly parameters: number;
  readonly trained: { readonly tensors: number; readonly parameters: number };
}

/** @param frozen canonical names */
export function frozenFile(
  { tensors }: Checkpoint,
  frozen: ReadonlySet<string>,
  selectors: readonly string[],
): FrozenFile {
  const all = [...tensors.values()];
  const kept = all.filter(({ canonicalName }) => frozen.has(canonicalName));
  const { tensors: count, parameters } = countOf(kept);
  return {
    selectors,
    patterns: frozenPatterns(all, frozen),
    tensors: kept.map(({ name }) => name).sort(compareNames),
    count,
    parameters,
    trained: countOf(all.filter(({ canonicalName }) => !frozen.has(canonicalName))),
  };
}

/**
 * Patterns that match the frozen names, in every spelling, and no other name of the checkpoint. Layers of which the same
 * is frozen share one.
 */
export function frozenPatterns(all: readonly TensorEntry[], frozen: ReadonlySet<string>): string[] {
  const alone: string[] = [];
  const layersOf = new Map<string, Map<string, Set<number>>>();
  const piecesOf = new Map<string, Set<string>>();
  for (const { canonicalName, layer } of all) {
    const [, stack, piece] = (layer !== null && stackOf(canonicalName, layer)) || [];
    if (stack === undefined || piece === undefined) {
      if (frozen.has(canonicalName)) alone.push(spelling(canonicalName));
      continue;
    }
    const layers = layersOf.get(stack) ?? new Map<string, Set<number>>();
    layersOf.set(stack, layers);
    const place = `${stack}${layer}`;
    piecesOf.set(place, (piecesOf.get(place) ?? new Set()).add(piece));
    if (frozen.has(canonicalName)) layers.set(piece, (layers.get(piece) ?? new Set()).add(layer!));
  }
  const patterns = [...layersOf].flatMap(([stack, layers]) => stackPatterns(stack, layers, piecesOf));
  const result = [...patterns, ...alone];
  assertExact(result, all, frozen);
  return result;
}

/** `model.layers.` and `mlp.up_proj.weight` of `model.layers.3.mlp.up_proj.weight`. */
function stackOf(name: string, layer: number): RegExpExecArray | null {
  return new RegExp(`^(.*?\\.)${layer}\\.(.+)$`).exec(name);
}

function stackPatterns(
  stack: string,
  layersOf: ReadonlyMap<string, ReadonlySet<number>>,
  piecesOf: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const piecesByLayers = new Map<string, string[]>();
  for (const [piece, layers] of layersOf) {
    const key = [...layers].sort((a, b) => a - b).join('|');
    piecesByLayers.set(key, [...(piecesByLayers.get(key) ?? []), piece]);
  }
  return [...piecesByLayers].map(([layers, pieces]) => {
    const isWhole = layers.split('|').every((layer) => piecesOf.get(stack + layer)!.size === pieces.length);
    const rest = isWhole ? '.+' : `(?:${pieces.map(escaped).join('|')})`;
    return `${spelling(stack)}(?:${layers})\\.${rest}`;
  });
}

/** Older and newer transformers name the same tensors `model.layers…` and `model.language_model.layers…`. */
function spelling(name: string): string {
  if (name.startsWith('model.')) {
    return `(?:model\\.language_model|language_model\\.model|model)\\.${escaped(name.slice('model.'.length))}`;
  }
  return `${name.startsWith('lm_head.') ? '(?:language_model\\.)?' : '(?:model\\.)?'}${escaped(name)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function assertExact(patterns: readonly string[], all: readonly TensorEntry[], frozen: ReadonlySet<string>): void {
  const expressions = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`));
  for (const { name, canonicalName } of all) {
    const isFrozen = frozen.has(canonicalName);
    const agrees = [name, canonicalName].every((each) => expressions.some((one) => one.test(each)) === isFrozen);
    if (!agrees) throw new Error(`the patterns of what is frozen are wrong about ${name}`);
  }
}
