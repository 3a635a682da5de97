/** Rows of ablate runs, as the runner writes them, of a model whose answers are made here: the same in every run. */
import { readdirSync } from 'node:fs';
import type { DatasetItem } from '../../src/core/evaluate/dataset';
import { ablateItems } from '../../src/core/probe/ablateItems';
import { summariseAblate } from '../../src/core/probe/ablateSummary';
import { seededUniform } from '../../src/core/statistics/random';
import { reasoningState, type AblateRun, type Around } from '../../src/host/panels/reasoningState';
import type { AblatedPart, AblateFacts, AblateRow } from '../../src/shared/ablateResults';
import type { ReasoningHostSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import { datasetItem } from '../harness/datasetItem';

export const numLayers = 12;
export const visionLayers = 4;
const itemCount = 100;
const baselineRate = 0.83;

/** What a layer leaves of the baseline's right answers: reasoning lives in the early layers here. */
const kept: Readonly<Record<AblatedPart, readonly number[]>> = {
  languageModel: [0.05, 0.45, 0.6, 0.25, 0.7, 0.75, 0.8, 0.86, 0.97, 0.99, 0.98, 1],
  vision: [0.4, 0.9, 0.98, 1],
};
/** Of wrong answers, which become right. */
const mended = 0.03;

type Layer = AblateFacts['layers'][number];

function layersOf(part: AblatedPart): Layer[] {
  return kept[part].map((_, layer) => ({ part, layer }));
}

export function labFacts(change: Partial<AblateFacts> = {}): AblateFacts {
  return {
    checkpoint: 'rl',
    scoring: 'both',
    layers: layersOf('languageModel'),
    items: Array.from({ length: itemCount }, (_, i) => `math_${String(i).padStart(3, '0')}`),
    leftOut: [],
    dataset: 'evaluation/reasoning.jsonl',
    ...change,
  };
}

/** The facts of a run that also ablates the vision tower. */
export function visionFacts(change: Partial<AblateFacts> = {}): AblateFacts {
  return labFacts({ layers: [...layersOf('vision'), ...layersOf('languageModel')], ...change });
}

/** Item after item: its baseline, then its layers. */
export function labRows(facts = labFacts()): AblateRow[] {
  const uniform = seededUniform(7);
  return facts.items.flatMap((id, place) => {
    const gold = goldOf(place);
    const right = uniform() < baselineRate;
    const likelihood = -0.4 - 2 * uniform() - (right ? 0 : 3);
    const baseline = rowOf(facts, { id, place, part: null, layer: null, right, gold, likelihood });
    const ablated = facts.layers.map(({ part, layer }) => {
      const survives = uniform() < (right ? kept[part][layer]! : mended);
      const lost = 6 * (1 - kept[part][layer]!) * (0.5 + uniform()) + 1.6 * (uniform() - 0.5);
      return rowOf(facts, { id, place, part, layer, right: survives, gold, likelihood: likelihood - lost });
    });
    return [baseline, ...ablated];
  });
}

interface Answer {
  readonly id: string;
  readonly place: number;
  readonly part: AblatedPart | null;
  readonly layer: number | null;
  readonly right: boolean;
  readonly gold: number;
  readonly likelihood: number;
}

function rowOf({ scoring }: AblateFacts, { id, place, part, layer, right, gold, likelihood }: Answer): AblateRow {
  const isAnswered = scoring !== 'likelihood';
  const answer = String(right ? gold : gold + 1 + place);
  const isCut = isAnswered && !right && part === 'languageModel' && layer === 0 && place % 5 === 0;
  const text = isCut ? ' the the the the the the the the the' : `<think>Adding step by step.</think> ${answer}`;
  return {
    key: `${id}/${part === null ? 'baseline' : `${part}/${layer}`}`,
    id,
    part,
    layer,
    text: isAnswered ? text : null,
    extracted: isAnswered && !isCut ? answer : null,
    correct: isAnswered ? right : null,
    ...(isCut ? { truncated: true as const } : {}),
    logLikelihood: scoring === 'generate' ? null : likelihood,
  };
}

function goldOf(place: number): number {
  return 3 * place + 7;
}

const around: Around = {
  experiment: 'lab.frankenstein.yaml',
  role: 'rl',
  numLayers,
  visionLayers,
  regions: { early: [0, 4], mid: [4, 8], late: [8, 12] },
  canRun: true,
};

/** A finished run; `change` makes it another one. */
export function labReasoning(change: Partial<AblateRun> = {}, further: Partial<Around> = {}): ReasoningState {
  const facts = change.facts ?? labFacts();
  const run: AblateRun = {
    id: 'reasoning',
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: labRows(facts),
    ...change,
  };
  const summary = summariseAblate(run.facts, run.rows, run.state === 'finished');
  return reasoningState(run, summary, { ...around, ...further });
}

/** A run that has finished its first `items`. */
export function labRunning(items: number, facts = labFacts()): ReasoningState {
  const perItem = facts.layers.length + 1;
  const progress = { done: items * perItem, total: facts.items.length * perItem, secondsLeft: 90 };
  return labReasoning({ state: 'running', facts, rows: labRows(facts).slice(0, items * perItem), progress });
}

/** A step that was never run. */
export function notRun(change: Partial<AblateRun> = {}): ReasoningState {
  return labReasoning({ state: null, facts: labFacts({ items: [] }), rows: [], ...change });
}

const pictures = readdirSync('media/sample-lab/pairs/counting/images').slice(0, 10);

/** Every third has an image, an address of the test server. */
function itemOf(id: string, place: number): DatasetItem {
  return datasetItem({
    id,
    question: `What is ${goldOf(place) - 5} plus 5? Think first, then answer with a number.`,
    answer: String(goldOf(place)),
    image: place % 3 === 0 ? `pairs/counting/images/${pictures[place % pictures.length]!}` : null,
  });
}

/** What the host answers to `items`. */
export function labItems(
  { facts }: Pick<ReasoningState, 'facts'>,
  query: ReasoningHostSurface['items']['params'],
): ReasoningHostSurface['items']['result'] {
  const known = new Map(facts.items.map((id, place) => [id, itemOf(id, place)]));
  const { items, total } = ablateItems(labRows(facts), known, query);
  return { items: items.map(({ imageFile, ...item }) => ({ ...item, image: imageFile })), total };
}
