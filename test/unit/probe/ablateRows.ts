import type { AblateFacts, AblateRow } from '../../../src/shared/ablateResults';

export function ablateFactsOf(items: readonly string[], layers: readonly number[]): AblateFacts {
  return {
    checkpoint: 'base',
    scoring: 'both',
    layers: layers.map((layer) => ({ part: 'languageModel', layer })),
    items,
    leftOut: [],
    dataset: './reasoning.jsonl',
  };
}

/** A row of the whole model where `layer` is null. */
export function ablateRowOf(
  id: string,
  layer: number | null,
  correct: boolean | null,
  logLikelihood: number | null = null,
): AblateRow {
  return {
    key: `${id}/${layer === null ? 'baseline' : `languageModel/${layer}`}`,
    id,
    part: layer === null ? null : 'languageModel',
    layer,
    text: correct === null ? null : 'a text',
    extracted: null,
    correct,
    logLikelihood,
  };
}
