/** The three swap runs of the sample lab, as `frankenstein run` wrote them, as the host would tell a page of them. */
import { readFileSync } from 'node:fs';
import { compareSwaps } from '../../src/core/probe/compareSwaps';
import { summariseSwap, type SwapRow } from '../../src/core/probe/swapSummary';
import type { ProbeHostSurface, ProbeItems, ProbeRun, ProbeState } from '../../src/shared/protocol/probe';
import type { Role } from '../../src/shared/vocabulary';

export const numLayers = 12;
const variants = [null, 'source', ...Array.from({ length: numLayers }, (_, layer) => layer)] as const;

/** A pair: its id, its distinct answers, and for each variant the answer's place, whether it changed, was adopted. */
type PackedPair = readonly [id: string, answers: readonly string[], places: string, changed: string, adopted: string];

interface PackedRun {
  readonly step: string;
  readonly checkpoint: Role;
  readonly functions: Readonly<Record<string, readonly PackedPair[]>>;
}

const packed = JSON.parse(readFileSync('test/fixtures/probe/lab-runs.json', 'utf8')) as PackedRun[];

function rowsOf({ functions }: PackedRun, pairs: number): SwapRow[] {
  return Object.entries(functions).flatMap(([name, all]) =>
    all.slice(0, pairs).flatMap(([id, answers, places, changed, adopted]) =>
      variants.map((layer, i) => ({
        key: `${name}/${id}/${layer ?? 'target'}`,
        function: name,
        id,
        layer,
        text: answers[parseInt(places[i]!, 16)]!,
        changed: changed[i] === '1',
        adopted: adopted[i] === '1',
      })),
    ),
  );
}

export type LabStep = 'vision' | 'vision-in' | 'vision-rl';

function run(step: LabStep): PackedRun {
  return packed.find((candidate) => candidate.step === step)!;
}

/** A run with the first `pairs` of each function finished. */
export function labRun(step: LabStep, pairs = 50): ProbeRun {
  const { checkpoint, functions } = run(step);
  const planned = Object.entries(functions).map(([name, all]) => [name, { pairs: all.map(([id]) => id), tokens: [] }]);
  const layers = Array.from({ length: numLayers }, (_, layer) => layer);
  const facts = { checkpoint, mode: 'suffix' as const, window: 1, layers, functions: Object.fromEntries(planned) };
  const summary = summariseSwap(facts, rowsOf(run(step), pairs), pairs === 50);
  return {
    id: step,
    checkpoint,
    role: checkpoint,
    mode: 'suffix',
    window: 1,
    state: pairs === 50 ? 'finished' : 'running',
    mine: true,
    done: 4 * pairs,
    total: 200,
    secondsLeft: pairs === 50 ? null : 95,
    message: null,
    device: 'cpu',
    curves: Object.entries(summary.functions).map(([name, points]) => ({
      function: name,
      points,
      skipped: summary.skipped[name]!,
      sameAnswer: summary.sameAnswer[name]!,
    })),
  };
}

/** The panel of the first step, the others laid over it. */
export function labState(steps: readonly LabStep[], change: Partial<ProbeState> = {}): ProbeState {
  const [first, ...rest] = steps as [LabStep, ...LabStep[]];
  return {
    experiment: 'lab.frankenstein.yaml',
    runs: steps.map((step) => labRun(step)),
    others: packed
      .filter(({ step }) => !steps.includes(step as LabStep))
      .map(({ step, checkpoint }) => ({ id: step, checkpoint, mode: 'suffix' })),
    comparisons: rest.map((b) => ({
      a: first,
      b,
      differences: [...compareSwaps(rowsOf(run(first), 50), rowsOf(run(b), 50))].map(([name, points]) => ({
        function: name,
        points,
      })),
    })),
    numLayers,
    regions: { early: [0, 4], mid: [4, 8], late: [8, 12] },
    canRun: true,
    ...change,
  };
}

/** What the host answers to `items`; images are addresses of the test server. */
export function labItems(query: ProbeHostSurface['items']['params']): ProbeItems {
  const rows = rowsOf(run(query.run as LabStep), 50).filter((row) => row.function === query.function);
  const text = (id: string, layer: SwapRow['layer']) => rows.find((row) => row.id === id && row.layer === layer)!.text;
  const kept = rows.filter((row) => row.layer === query.layer && (query.only === 'all' || row[query.only]));
  const image = (id: string, which: 's' | 't') => `pairs/${query.function}/images/${id}_${which}.png`;
  return {
    total: kept.length,
    items: kept.slice(query.from, query.to).map(({ id, text: swapped, changed, adopted }) => ({
      id,
      prompt: `What is in ${id}?`,
      original: text(id, null),
      source: text(id, 'source'),
      text: swapped,
      changed,
      adopted,
      targetImage: image(id, 't'),
      sourceImage: image(id, 's'),
    })),
  };
}
