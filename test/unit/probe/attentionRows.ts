import type { AttentionFacts, AttentionRow } from '../../../src/shared/attentionResults';

/** A row of one image of 2 × 2 tokens. */
export function attentionRow(checkpoint: string, id: string, layer: number, part: Partial<AttentionRow> = {}) {
  const row: AttentionRow = {
    key: `${checkpoint}/${id}/${layer}`,
    checkpoint,
    id,
    layer,
    mass: 0.2,
    perToken: 0.05,
    sink: 0.3,
    imageSink: 0,
    tokens: 3,
    grids: [[2, 2]],
    patches: 'AP8AAA==',
    largest: 0.1,
    ...part,
  };
  return row;
}

export function attentionFacts(part: Partial<AttentionFacts> = {}): AttentionFacts {
  return {
    checkpoints: ['in', 'rl'],
    span: 'generated',
    text: 'in',
    layers: [0, 1],
    items: ['a', 'b'],
    leftOut: [],
    dataset: './x.jsonl',
    ...part,
  };
}
